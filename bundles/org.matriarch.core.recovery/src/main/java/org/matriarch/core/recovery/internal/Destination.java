package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

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

    /** Names the file that marks a destination as half restored; removed just before the restore is complete. */
    static final String INCOMPLETE_MARK = "matriarch_restore_incomplete";

    /** Refuses a place that cannot take the files, before anything is written. */
    void requireUsable() {
        if (!path.isAbsolute()) {
            throw unusable("it is not an absolute path", "give a path that begins with '/'.", null);
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            requireEmptyDirectory();
        }
        Path existing = DurableFiles.nearestExisting(path);
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            throw unusable(
                    "'%s' is not a directory that can be written".formatted(existing),
                    "make it writable for the user of the container, or " + elsewhere(),
                    null);
        }
        requireWritableFileSystem(existing);
    }

    /** Returns how much room there is, in bytes. */
    long usableBytes() {
        try {
            return Files.getFileStore(DurableFiles.nearestExisting(path)).getUsableSpace();
        } catch (IOException e) {
            throw unusable(e.toString(), "check the file system that it lies on.", e);
        }
    }

    /** Returns a name that is equal for destinations on one file system. */
    String fileSystem() {
        try {
            return Files.getFileStore(DurableFiles.nearestExisting(path)).toString();
        } catch (IOException e) {
            throw unusable(e.toString(), "check the file system that it lies on.", e);
        }
    }

    private void requireEmptyDirectory() {
        try (Stream<Path> content = Files.list(path)) {
            if (Files.exists(path.resolve(INCOMPLETE_MARK))) {
                throw unusable(
                        "it holds a restore that was interrupted",
                        "remove what is in it, then repeat the command.",
                        null);
            }
            if (content.findAny().isPresent()) {
                throw unusable("it is not empty", elsewhere(), null);
            }
        } catch (NotDirectoryException e) {
            throw unusable("it is not a directory", elsewhere(), e);
        } catch (IOException e) {
            throw unusable("it cannot be read", elsewhere(), e);
        }
    }

    private void requireWritableFileSystem(Path existing) {
        try {
            // Only writing tells: root passes every permission check, even on a file system that is mounted read-only.
            Files.delete(Files.createTempFile(existing, ".matriarch", ".probe"));
        } catch (IOException e) {
            throw unusable(
                    "'%s' cannot be written: %s".formatted(existing, e.getMessage()),
                    "make it writable for the user of the container, or " + elsewhere(),
                    e);
        }
    }

    private String elsewhere() {
        return tablespace
                ? "give the tablespace an empty or a new directory with '--tablespace NAME:DIR'."
                : "choose an empty or a new directory.";
    }

    private MatriarchException unusable(String reason, String hint, @Nullable Throwable cause) {
        return new MatriarchException(
                ErrorCode.DESTINATION_UNUSABLE,
                "unable to restore the %s to '%s': %s".formatted(what, path, reason),
                hint,
                cause);
    }
}
