package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.WalIntake.Outcome;

/**
 * One file on its way from whoever hands it over into {@code pushed/}.
 *
 * <p>The order is what makes the answer true: written under a temporary name, compared with its checksum, checked to be what
 * its name says, synced, given its name by a link that replaces nothing, the directory synced, and then answered. The last
 * steps run under the lock of the name, which the archiver also takes: what is compared stays where it is. What others
 * copied into {@code incoming/} does not: no answer relies on it.
 */
final class Handover {

    /** Longer than any store takes for one file, shorter than a client waits. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ServerConfiguration server;
    private final WalServices services;
    private final WalFileName name;
    private final Repository repository;
    private final PushedDirectory pushed;

    Handover(ServerConfiguration server, WalServices services, WalFileName name) {
        this.server = server;
        this.services = services;
        this.name = name;
        this.repository = services.repositories().repository(server);
        this.pushed = new PushedDirectory(server.home(), services.disk());
    }

    Outcome take(InputStream content, Supplier<Optional<String>> sha256) {
        Path temporary = pushed.temporary();
        try {
            pushed.prepare();
            try (WalDisk.OpenFile file = services.disk().open(temporary)) {
                new Upload(name, content).writeTo(file, temporary, sha256);
                if (isBlank(temporary)) {
                    return Outcome.DUPLICATE; // PostgreSQL would send it for ever, and nothing else meanwhile
                }
                requireWal(temporary);
                return keep(file, temporary);
            } finally {
                services.disk().delete(temporary);
            }
        } catch (IOException e) {
            throw DiskFailure.of("keep '%s' of '%s'".formatted(name, server.name()), pushed.path(name), e);
        }
    }

    private boolean isBlank(Path file) throws IOException {
        return name.kind() == WalFileName.Kind.PARTIAL
                && WalHeader.isSegmentSize(Files.size(file))
                && WalContent.isBlank(file);
    }

    private void requireWal(Path file) throws IOException {
        RepositoryIdentity owner = Ownership.of(server, repository, services);
        Optional<String> mismatch = WalContent.mismatch(
                name, file, Optional.of(owner), services.segmentSizes().find(repository, name));
        if (mismatch.isPresent()) {
            throw new MatriarchException(
                    ErrorCode.WAL_INVALID,
                    "'%s' of '%s' is refused: %s".formatted(name, server.name(), mismatch.get()),
                    "see whether the 'archive_command' of another server names this one.");
        }
    }

    @SuppressWarnings("try") // the lock is only held
    private Outcome keep(WalDisk.OpenFile file, Path temporary) throws IOException {
        try (NameLocks.Held held = lock()) {
            if (isArchived(temporary) || isPushed(temporary)) {
                return Outcome.DUPLICATE;
            }
            refuseOtherThanReceived(temporary);
            refuseOtherThanCopied(temporary);
            file.sync();
            services.disk().link(temporary, pushed.path(name));
            pushed.sync();
            return Outcome.STORED;
        }
    }

    private NameLocks.Held lock() {
        try {
            return services.locks().acquire(server.name(), name, PATIENCE).orElseThrow(() -> busy(null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy(e);
        }
    }

    private boolean isArchived(Path file) throws IOException {
        if (name.kind() == WalFileName.Kind.PARTIAL && repository.wal().contains(name.segment())) {
            return true; // adds nothing to the whole one
        }
        if (!repository.wal().contains(name)) {
            return false;
        }
        try (InputStream archived = repository.wal().open(name)) {
            requireSame(file, archived);
            return true;
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.OBJECT_CORRUPT,
                    "unable to compare '%s' of '%s' with the archived file: %s"
                            .formatted(name, server.name(), e.getMessage()),
                    "see whether wal:get %s %s can read it.".formatted(server.name(), name),
                    e);
        }
    }

    private boolean isPushed(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(pushed.path(name))) {
            requireSame(file, in);
        } catch (NoSuchFileException e) {
            return false;
        }
        pushed.sync(); // the call before may have failed right before this
        return true;
    }

    private void refuseOtherThanReceived(Path file) throws IOException {
        if (name.kind() == WalFileName.Kind.PARTIAL) {
            return; // the receiver's is not complete
        }
        try (InputStream in = Files.newInputStream(new StreamingDirectory(server.home(), services.disk()).path(name))) {
            requireSame(file, in);
        } catch (NoSuchFileException e) {
            return; // not received, or archived since, which the archiver will see
        }
    }

    /** What is copied there is not judged yet; but a whole file of the name came before this one. */
    private void refuseOtherThanCopied(Path file) throws IOException {
        Path copied = new IncomingDirectory(server.home(), services.disk()).path(name);
        if (!Files.isRegularFile(copied, LinkOption.NOFOLLOW_LINKS) || Files.size(copied) < Files.size(file)) {
            return; // or it is being copied: the archiver will compare
        }
        try (InputStream in = Files.newInputStream(copied)) {
            requireSame(file, in);
        } catch (NoSuchFileException e) {
            return; // archived since, which the archiver will see
        }
    }

    private void requireSame(Path file, InputStream kept) throws IOException {
        try (InputStream offered = Files.newInputStream(file)) {
            if (!Contents.same(name, offered, kept)) {
                throw new MatriarchException(
                        ErrorCode.WAL_CONFLICT,
                        "server '%s' has another WAL file '%s' already".formatted(server.name(), name),
                        "make sure that no other PostgreSQL server archives here; the first file was not touched.");
            }
        }
    }

    private MatriarchException busy(@Nullable Exception cause) {
        return new MatriarchException(
                ErrorCode.STORE_FAILED,
                "'%s' of '%s' is being stored right now by somebody else".formatted(name, server.name()),
                "it will be compared when it is sent again; see '%s' if this goes on.".formatted(pushed),
                cause);
    }
}
