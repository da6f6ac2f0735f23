package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.TransportException;

/** A directory that a restore will fill: the data directory, or that of a tablespace. */
record Destination(String what, boolean tablespace, Path path) {

    /** Returns the place of the data directory. */
    static Destination ofData(Path path) {
        return new Destination("data directory", false, path);
    }

    /** Returns the place of a tablespace. */
    static Destination ofTablespace(String name, Path path) {
        return new Destination("tablespace '%s'".formatted(name), true, path);
    }

    /** Returns what the place holds, after refusing one that cannot hold anything. */
    List<HostFile> content(HostFiles files) throws TransportException {
        if (!path.isAbsolute()) {
            throw unusable(files, "it is not an absolute path", "give a path that begins with '/'.", null);
        }
        try {
            Optional<HostFile> there = files.find(path);
            if (there.isEmpty()) {
                return List.of();
            }
            if (there.get().kind() != HostFile.Kind.DIRECTORY) {
                throw unusable(files, "it is not a directory", elsewhere(), null);
            }
            return files.list(path);
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw unusable(files, "it cannot be read", elsewhere(), e);
        }
    }

    /** Refuses a place with content. */
    void requireEmpty(HostFiles files, List<HostFile> content) {
        if (content.stream().anyMatch(file -> file.path().endsWith(ControlFile.INCOMPLETE_MARK))) {
            throw unusable(
                    files,
                    "it holds a restore that was interrupted",
                    "repeat the command with '--delta' to go on with it, or remove what is in it.",
                    null);
        }
        if (!content.isEmpty()) {
            throw unusable(files, "it is not empty", elsewhere(), null);
        }
    }

    /** Refuses a place that takes no files. Only writing tells: root passes every permission check. */
    void requireWritable(HostFiles files) throws TransportException {
        Path existing = path;
        try {
            existing = Directories.nearestExisting(files, path);
            boolean directory = files.find(existing)
                    .filter(file -> file.kind() == HostFile.Kind.DIRECTORY)
                    .isPresent();
            if (!directory) {
                throw unusable(
                        files,
                        "'%s' is not a directory that can be written".formatted(existing),
                        writable(files),
                        null);
            }
            Path probe = existing.resolve(".matriarch-%s.probe".formatted(UUID.randomUUID()));
            try (HostFiles.Output out = files.create(probe, 0600)) {
                out.write(ByteBuffer.allocate(0));
            } finally {
                files.delete(probe);
            }
        } catch (TransportException e) {
            throw e;
        } catch (IOException e) {
            throw unusable(files, "'%s' cannot be written: %s".formatted(existing, e.getMessage()), writable(files), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unusable(files, "interrupted", "repeat the command.", e);
        }
    }

    private String writable(HostFiles files) {
        String user = files instanceof LocalFiles ? "the user of the container" : "the user that we are there";
        return "make it writable for %s, or %s".formatted(user, elsewhere());
    }

    private String elsewhere() {
        return tablespace
                ? "give the tablespace an empty or a new directory with '--tablespace NAME:DIR'."
                : "choose an empty or a new directory.";
    }

    /** Describes why the place is no use. */
    MatriarchException unusable(HostFiles files, String reason, String hint, @Nullable Throwable cause) {
        return new MatriarchException(
                ErrorCode.DESTINATION_UNUSABLE,
                "unable to restore the %s to '%s': %s".formatted(what, files.describe(path), reason),
                hint,
                cause);
    }
}
