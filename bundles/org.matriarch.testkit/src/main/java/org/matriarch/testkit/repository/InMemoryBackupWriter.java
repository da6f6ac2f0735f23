package org.matriarch.testkit.repository;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.repository.BackupEnd;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.api.repository.NewBackup;

/** Writes a backup into an {@link InMemoryRepository}. */
final class InMemoryBackupWriter implements BackupWriter {

    private final InMemoryRepository repository;
    private final BackupId id;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();

    InMemoryBackupWriter(InMemoryRepository repository, BackupId id, NewBackup backup) {
        this.repository = repository;
        this.id = id;
        repository.add(new Backup(
                id,
                backup.name(),
                repository.server(),
                BackupStatus.STARTED,
                backup.kind(),
                backup.transport(),
                "memory",
                backup.parent(),
                new BackupSource(
                        backup.facts().systemId(),
                        backup.facts().version(),
                        0,
                        backup.facts().segmentSizeBytes(),
                        "",
                        backup.facts().tablespaces()),
                BackupSpan.startedAt(backup.beginTime()),
                BackupSize.NONE,
                RetentionStatus.NONE,
                Optional.empty()));
    }

    @Override
    public Backup backup() {
        return repository.findBackup(id).orElseThrow();
    }

    @Override
    public void begin(BackupSource source, Lsn beginLsn) {
        BackupSpan span = backup().span();
        repository.add(backup().withOrigin(
                        source,
                        new BackupSpan(span.beginTime(), Optional.empty(), Optional.of(beginLsn), Optional.empty())));
    }

    @Override
    public void directory(BackupPath path, int mode, Instant modified) {
        repository.addFile(
                id, new BackupEntry(path, true, 0, mode, modified, Optional.empty()), new byte[0], Optional.empty());
    }

    @Override
    public FileWriter file(BackupPath path, long sizeBytes, int mode, Instant modified) {
        repository.faults().reach("file");
        return new MemoryFile(path, sizeBytes, mode, modified);
    }

    @Override
    public boolean reuse(BackupReader other, BackupEntry file, boolean link) {
        byte[] content;
        try (InputStream in = other.open(file.path())) {
            content = in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        repository.addFile(id, file, content, Optional.empty());
        bytes.addAndGet(content.length);
        files.incrementAndGet();
        return true;
    }

    @Override
    public Optional<Path> localDirectory(long tablespaceOid, long sizeBytes) {
        return Optional.empty();
    }

    @Override
    public Optional<BackupEntry> adopt(BackupPath path) {
        return Optional.empty();
    }

    @Override
    public boolean resume(BrokenBackup broken, BackupEntry file, boolean mayShare) {
        repository.faults().reach("resume");
        byte[] content;
        try (InputStream in = repository.open(broken.backup().id()).open(file.path())) {
            content = in.readAllBytes();
        } catch (MatriarchException e) {
            return false; // it is lost
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        boolean proven = file.sha256().equals(Optional.of(sha256(content)));
        if (proven) {
            repository.addFile(id, file, content, Optional.empty());
            bytes.addAndGet(content.length);
            files.incrementAndGet();
        }
        return proven;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Backup finish(BackupEnd end) {
        repository.faults().reach("finish");
        BackupSpan span = backup().span();
        repository.add(backup().withOrigin(
                        backup().source(),
                        new BackupSpan(
                                span.beginTime(),
                                Optional.of(end.endTime()),
                                span.beginLsn(),
                                Optional.of(end.endLsn())))
                .withSize(new BackupSize(bytes.get(), bytes.get(), 0, files.get())));
        return repository.updateStatus(id, BackupStatus.WAITING_FOR_WALS, Optional.empty());
    }

    @Override
    public Backup fail(String reason) {
        return repository.updateStatus(id, BackupStatus.FAILED, Optional.of(reason));
    }

    @Override
    public void close() {
        if (backup().status() == BackupStatus.STARTED) {
            fail("closed early");
        }
    }

    /** Collects the bytes of one file. */
    private final class MemoryFile implements FileWriter {

        private final BackupPath path;
        private final long sizeBytes;
        private final int mode;
        private final Instant modified;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        MemoryFile(BackupPath path, long sizeBytes, int mode, Instant modified) {
            this.path = path;
            this.sizeBytes = sizeBytes;
            this.mode = mode;
            this.modified = modified;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) {
            repository.faults().reach("write");
            content.write(buffer, offset, length);
        }

        @Override
        public BackupEntry complete() {
            if (content.size() != sizeBytes) {
                throw new IllegalStateException(
                        "'%s' has %d bytes instead of %d".formatted(path, content.size(), sizeBytes));
            }
            bytes.addAndGet(sizeBytes);
            files.incrementAndGet();
            var entry =
                    new BackupEntry(path, false, sizeBytes, mode, modified, Optional.of(sha256(content.toByteArray())));
            repository.addFile(id, entry, content.toByteArray(), Optional.empty());
            return entry;
        }

        @Override
        public void close() {
            // What was not completed was never added.
        }
    }
}
