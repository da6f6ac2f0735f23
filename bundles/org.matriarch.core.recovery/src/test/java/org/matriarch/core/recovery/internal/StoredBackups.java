package org.matriarch.core.recovery.internal;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.FileChecksum;
import org.matriarch.api.repository.FileChecksum.Algorithm;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.testkit.repository.InMemoryWalArchive;

/** A repository whose backups all hold the same few files, kept in a directory. */
final class StoredBackups implements Repository {

    private final Path directory;
    private final InMemoryWalArchive wal;
    private final List<Backup> backups = new ArrayList<>();
    private final List<BackupEntry> entries = new ArrayList<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();
    private boolean local = true;
    private boolean archived;

    StoredBackups(Path directory, InMemoryWalArchive wal) {
        this.directory = directory;
        this.wal = wal;
    }

    StoredBackups with(Backup backup) {
        backups.add(backup);
        return this;
    }

    /** Hands files out as streams only, as a remote store does. */
    StoredBackups remote() {
        local = false;
        return this;
    }

    StoredBackups file(long area, String path, String content) throws IOException {
        Path file = directory.resolve(Long.toString(area)).resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        byte[] bytes = Files.readAllBytes(file);
        entries.add(new BackupEntry(
                new BackupPath(area, path), false, bytes.length, 0600, Instant.EPOCH, Optional.of(sha256(bytes))));
        return this;
    }

    StoredBackups emptyDirectory(String path) {
        entries.add(new BackupEntry(BackupPath.ofData(path), true, 0, 0750, Instant.EPOCH, Optional.empty()));
        return this;
    }

    /** Hands files out in the order of an archive only. */
    StoredBackups archived() {
        archived = true;
        return remote();
    }

    /** Knows of its files what PostgreSQL's manifest says, as a backup that Barman took. */
    StoredBackups adopted() throws IOException {
        for (int i = 0; i < entries.size(); i++) {
            BackupEntry entry = entries.get(i);
            if (!entry.directory()) {
                FileChecksum.Running sum = new FileChecksum(Algorithm.CRC32C, "").begin();
                sum.update(ByteBuffer.wrap(Files.readAllBytes(place(entry.path()))));
                var plain = new BackupEntry(
                        entry.path(), false, entry.sizeBytes(), entry.mode(), entry.modified(), Optional.empty());
                entries.set(
                        i,
                        plain.asServerSays(
                                entry.sizeBytes(), Optional.of(new FileChecksum(Algorithm.CRC32C, sum.end()))));
            }
        }
        return this;
    }

    /** Loses a stored file. */
    StoredBackups lose(long area, String path) throws IOException {
        Files.delete(place(new BackupPath(area, path)));
        return this;
    }

    /** Changes a stored byte behind the manifest's back. */
    StoredBackups damage(long area, String path) throws IOException {
        Path file = directory.resolve(Long.toString(area)).resolve(path);
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        Files.write(file, bytes);
        return this;
    }

    /** Lets the next so many streams of a file end in the middle, as one of a store does that goes away. */
    StoredBackups failing(String path, int times) {
        failures.put(path, new AtomicInteger(times));
        return this;
    }

    @Override
    public String server() {
        return "main";
    }

    @Override
    public Optional<RepositoryIdentity> identity() {
        return Optional.empty();
    }

    @Override
    public void claim(RepositoryIdentity identity) {
        throw new IllegalStateException("a restore claims nothing");
    }

    @Override
    public List<Backup> backups() {
        return List.copyOf(backups);
    }

    @Override
    public Optional<Backup> findBackup(BackupId id) {
        return backups.stream().filter(backup -> backup.id().equals(id)).findAny();
    }

    @Override
    public BackupWriter begin(NewBackup backup) {
        throw new IllegalStateException("a restore begins no backup");
    }

    @Override
    public Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error) {
        throw new IllegalStateException("a restore changes no backup");
    }

    @Override
    public Backup keep(BackupId id, Optional<KeepTarget> target) {
        throw new IllegalStateException("a restore keeps no backup");
    }

    @Override
    public void delete(BackupId id) {
        throw new IllegalStateException("a restore deletes nothing");
    }

    @Override
    public WalArchive wal() {
        return wal;
    }

    @Override
    public BackupReader open(BackupId id) {
        Backup backup = findBackup(id).orElseThrow();
        return new BackupReader() {
            @Override
            public Backup backup() {
                return backup;
            }

            @Override
            public Optional<Instant> serverTime() {
                return Optional.empty();
            }

            @Override
            public List<BackupEntry> entries() {
                return List.copyOf(entries);
            }

            @Override
            public InputStream open(BackupPath path) {
                try {
                    InputStream content = Files.newInputStream(place(path));
                    AtomicInteger left = failures.get(path.path());
                    return left != null && left.getAndDecrement() > 0
                            ? new SequenceInputStream(
                                    new ByteArrayInputStream(content.readNBytes(3)), new Gone(content))
                            : content;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public boolean isArchived() {
                return archived;
            }

            @Override
            public void readAll(Visitor visitor) throws IOException, InterruptedException {
                for (BackupEntry entry : entries) {
                    if (!entry.directory() && Files.exists(place(entry.path()))) {
                        try (InputStream content = open(entry.path())) {
                            visitor.file(entry, content);
                        }
                    }
                }
            }

            @Override
            public Optional<Path> localFile(BackupPath path) {
                return local ? Optional.of(place(path)) : Optional.empty();
            }
        };
    }

    /** The rest of a stream that cannot be read. */
    private static final class Gone extends FilterInputStream {

        Gone(InputStream content) {
            super(content);
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            throw new MatriarchException(ErrorCode.STORE_FAILED, "the store went away", "look at it.");
        }
    }

    private Path place(BackupPath path) {
        return directory.resolve(Long.toString(path.tablespaceOid())).resolve(path.path());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
