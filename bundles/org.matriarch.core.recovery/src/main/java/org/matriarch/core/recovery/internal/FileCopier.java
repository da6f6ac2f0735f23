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
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupReader;

/** Copies one file of a backup to its place, checking its checksum as it passes, and syncs it. Thread-safe. */
final class FileCopier {

    private static final int BUFFER_BYTES = 1 << 18;
    private static final ThreadLocal<ByteBuffer> BUFFER =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BUFFER_BYTES));

    private final BackupReader reader;
    private final Throttle throttle;
    private final LongConsumer progress;
    private final Executor beside;

    /** Copies what {@code reader} has; large files are synced by {@code beside} already while they are copied. */
    FileCopier(BackupReader reader, Throttle throttle, LongConsumer progress, Executor beside) {
        this.reader = reader;
        this.throttle = throttle;
        this.progress = progress;
        this.beside = beside;
    }

    /** Copies an entry to {@code target}, which must not exist. */
    void copy(BackupEntry entry, Path target) throws IOException, InterruptedException {
        MessageDigest digest = sha256();
        long copied;
        try (ReadableByteChannel in = open(entry);
                FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            copied = transfer(in, out, digest);
        }
        requireIntact(entry, copied, HexFormat.of().formatHex(digest.digest()));
        DurableFiles.setMode(target, entry.mode());
    }

    /** Copies a stream to {@code target}, which must not exist, and returns how many bytes it had. */
    long copy(InputStream content, Path target) throws IOException, InterruptedException {
        try (FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return transfer(Channels.newChannel(content), out, sha256());
        }
    }

    private ReadableByteChannel open(BackupEntry entry) throws IOException {
        Optional<Path> local = reader.localFile(entry.path());
        if (local.isPresent()) {
            return FileChannel.open(local.get(), StandardOpenOption.READ);
        }
        InputStream content = reader.open(entry.path());
        return Channels.newChannel(content);
    }

    private long transfer(ReadableByteChannel in, FileChannel out, MessageDigest digest)
            throws IOException, InterruptedException {
        ByteBuffer buffer = BUFFER.get();
        EarlySync sync = new EarlySync(out, beside);
        long copied = 0;
        while (true) {
            buffer.clear();
            int count = in.read(buffer);
            if (count < 0) {
                sync.finish();
                return copied;
            }
            throttle.take(count);
            digest.update(buffer.flip());
            buffer.rewind();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            sync.written(count);
            copied += count;
            progress.accept(count);
        }
    }

    private void requireIntact(BackupEntry entry, long copied, String sha256) {
        String expected = entry.sha256().orElse(sha256);
        if (copied != entry.sizeBytes() || !expected.equals(sha256)) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "unable to restore '%s' of backup '%s': expected %d bytes with SHA-256 %s, found %d bytes with %s"
                            .formatted(entry.path(), reader.backup().id(), entry.sizeBytes(), expected, copied, sha256),
                    "check the backup with 'backup:verify' and restore from another one.");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
