package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.FileChecksum;
import org.matriarch.spi.transport.HostFiles;

/** Copies one file of a backup to its place, checking its checksum as it passes, and syncs it. Thread-safe. */
final class FileCopier {

    private static final int BUFFER_BYTES = 1 << 18;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER_BYTES));

    private final BackupReader reader;
    private final HostFiles files;
    private final Throttle throttle;
    private final LongConsumer progress;

    /** Copies what {@code reader} has to {@code files}. */
    FileCopier(BackupReader reader, HostFiles files, Throttle throttle, LongConsumer progress) {
        this.reader = reader;
        this.files = files;
        this.throttle = throttle;
        this.progress = progress;
    }

    /** Copies an entry to {@code target}, which must not exist, and returns how many bytes it has. */
    long copy(BackupEntry entry, Path target) throws IOException, InterruptedException {
        try (ReadableByteChannel in = open(entry)) {
            return copy(entry, in, target);
        }
    }

    /** Copies the content of an entry, which the caller opened and closes, as {@link #copy(BackupEntry, Path)} does. */
    long copy(BackupEntry entry, InputStream content, Path target) throws IOException, InterruptedException {
        return copy(entry, Channels.newChannel(content), target);
    }

    private long copy(BackupEntry entry, ReadableByteChannel in, Path target) throws IOException, InterruptedException {
        Optional<FileChecksum> ofServer = entry.sha256().isPresent() ? Optional.empty() : entry.serverChecksum();
        Optional<FileChecksum.Running> running = ofServer.map(FileChecksum::begin);
        try (HostFiles.Output out = files.create(target, entry.mode())) {
            return transfer(in, out, running, (copied, digest) -> {
                requireIntact(entry, copied, "SHA-256", entry.sha256(), digest);
                if (ofServer.isPresent() && running.isPresent()) {
                    requireIntact(
                            entry,
                            copied,
                            ofServer.get().algorithm().name(),
                            ofServer.map(FileChecksum::hexadecimal),
                            running.get().end());
                }
            });
        }
    }

    /** Copies a stream to {@code target}, which must not exist, and returns how many bytes it had. */
    long copy(InputStream content, Path target, int mode) throws IOException, InterruptedException {
        try (HostFiles.Output out = files.create(target, mode)) {
            return transfer(Channels.newChannel(content), out, Optional.empty(), (copied, digest) -> {});
        }
    }

    /** Looks at what was copied before it counts. */
    @FunctionalInterface
    private interface Check {
        void accept(long copied, String sha256);
    }

    private ReadableByteChannel open(BackupEntry entry) throws IOException {
        Optional<Path> local = reader.localFile(entry.path());
        if (local.isPresent()) {
            return FileChannel.open(local.get(), StandardOpenOption.READ);
        }
        InputStream content = reader.open(entry.path());
        return Channels.newChannel(content);
    }

    private long transfer(
            ReadableByteChannel in, HostFiles.Output out, Optional<FileChecksum.Running> ofServer, Check check)
            throws IOException, InterruptedException {
        MessageDigest digest = Sha256.begin();
        ByteBuffer buffer = BUFFER.get();
        long copied = 0;
        boolean done = false;
        try {
            while (in.read(buffer.clear()) >= 0) {
                int count = buffer.flip().remaining();
                throttle.take(count);
                digest.update(buffer.duplicate());
                if (ofServer.isPresent()) {
                    ofServer.get().update(buffer.duplicate());
                }
                out.write(buffer);
                copied += count;
                progress.accept(count);
            }
            check.accept(copied, HexFormat.of().formatHex(digest.digest()));
            out.finish();
            done = true;
            return copied;
        } finally {
            if (!done) {
                progress.accept(-copied);
            }
        }
    }

    private void requireIntact(
            BackupEntry entry, long copied, String algorithm, Optional<String> manifest, String found) {
        String expected = manifest.orElse(found);
        if (copied != entry.sizeBytes() || !expected.equals(found)) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "unable to restore '%s' of backup '%s': expected %d bytes with %s %s, found %d bytes with %s"
                            .formatted(
                                    entry.path(),
                                    reader.backup().id(),
                                    entry.sizeBytes(),
                                    algorithm,
                                    expected,
                                    copied,
                                    found),
                    "check the backup with 'backup:verify' and restore from another one.");
        }
    }
}
