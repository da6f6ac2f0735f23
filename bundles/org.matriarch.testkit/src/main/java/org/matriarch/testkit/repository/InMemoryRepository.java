package org.matriarch.testkit.repository;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupPlace;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration;

/** Keeps the backups and the WAL of one server in memory, and breaks where a test wants it to. Thread-safe. */
public final class InMemoryRepository implements Repository, Repositories {

    private static final byte[] LOST = {};

    private final String server;
    private final Faults faults = new Faults();
    private final InMemoryWalArchive wal = new InMemoryWalArchive(faults);
    private final Map<BackupId, Backup> backups = new ConcurrentSkipListMap<>();
    private final Map<BackupId, Map<BackupPath, StoredFile>> files = new ConcurrentSkipListMap<>();
    private final Map<BackupId, Instant> serverTimes = new ConcurrentSkipListMap<>();
    private @Nullable RepositoryIdentity identity;

    /** A file or directory of a backup; {@code local} is empty unless a test keeps the bytes on a disk. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record StoredFile(BackupEntry entry, byte[] content, Optional<Path> local) {}

    /** Holds nothing yet. */
    public InMemoryRepository(String server) {
        this.server = server;
    }

    /**
     * Returns the switch for failures at {@code repository, claim, begin, file, write, resume, finish, read,
     * updateStatus, keep, delete, wal.store, wal.delete}.
     */
    public Faults faults() {
        return faults;
    }

    /** Adds a backup as it is. */
    public void add(Backup backup) {
        backups.put(backup.id(), backup);
    }

    /** Adds a file to a backup, whose entry may say something else than its content is. */
    public void addFile(BackupId id, BackupEntry entry, byte[] content, Optional<Path> local) {
        filesOf(id).put(entry.path(), new StoredFile(entry, content.clone(), local));
    }

    /** Takes a file away from a backup while its entry stays. */
    public void loseFile(BackupId id, BackupPath path) {
        filesOf(id).computeIfPresent(path, (lost, file) -> new StoredFile(file.entry(), LOST, Optional.empty()));
    }

    @Override
    public Repository repository(ServerConfiguration configuration) {
        faults.reach("repository");
        return this;
    }

    /** Nobody else can reach what is in this memory. */
    @Override
    public void takeCharge(ServerConfiguration configuration) {
        faults.reach("takeCharge");
    }

    @Override
    public void giveBack(String name) {
        faults.reach("giveBack");
    }

    @Override
    public String server() {
        return server;
    }

    @Override
    public synchronized Optional<RepositoryIdentity> identity() {
        return Optional.ofNullable(identity);
    }

    @Override
    public synchronized void claim(RepositoryIdentity newIdentity) {
        faults.reach("claim");
        if (identity != null && !identity.systemId().equals(newIdentity.systemId())) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_FOREIGN,
                    "the repository of server '%s' belongs to system %s".formatted(server, identity.systemId()),
                    "give the server a repository of its own.");
        }
        identity = newIdentity;
    }

    @Override
    public List<Backup> backups() {
        return List.copyOf(backups.values());
    }

    @Override
    public Optional<Backup> findBackup(BackupId id) {
        return Optional.ofNullable(backups.get(id));
    }

    @Override
    public synchronized BackupWriter begin(NewBackup backup) {
        faults.reach("begin");
        LocalDateTime start = LocalDateTime.ofInstant(backup.beginTime(), ZoneOffset.UTC);
        BackupId id = BackupId.startingAt(start);
        while (backups.containsKey(id)) {
            start = start.plusSeconds(1);
            id = BackupId.startingAt(start);
        }
        serverTimes.put(id, backup.facts().clock());
        return new InMemoryBackupWriter(this, id, backup);
    }

    @Override
    public Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error) {
        faults.reach("updateStatus");
        Backup changed = findBackup(id).orElseThrow().withStatus(status, error);
        add(changed);
        return changed;
    }

    @Override
    public Backup keep(BackupId id, Optional<KeepTarget> target) {
        faults.reach("keep");
        Backup changed = findBackup(id)
                .orElseThrow()
                .withRetention(target.map(each ->
                                each == KeepTarget.FULL ? RetentionStatus.KEEP_FULL : RetentionStatus.KEEP_STANDALONE)
                        .orElse(RetentionStatus.NONE));
        add(changed);
        return changed;
    }

    /** Returns where Barman would keep it; nothing is there. */
    @Override
    public Optional<BackupPlace> place(BackupId id) {
        Path home = Path.of("in memory", server).toAbsolutePath();
        return Optional.of(new BackupPlace(
                home.resolve("base").resolve(id.value()), home.resolve("meta").resolve(id + "-backup.info")));
    }

    @Override
    public BackupReader open(BackupId id) {
        Backup backup = findBackup(id).orElseThrow();
        Map<BackupPath, StoredFile> stored = filesOf(id);
        return new BackupReader() {
            @Override
            public Backup backup() {
                return backup;
            }

            @Override
            public Optional<Instant> serverTime() {
                return Optional.ofNullable(serverTimes.get(id));
            }

            @Override
            public List<BackupEntry> entries() {
                return stored.values().stream().map(StoredFile::entry).toList();
            }

            @Override
            public InputStream open(BackupPath path) {
                StoredFile file = stored.get(path);
                if (file == null || file.content() == LOST) {
                    throw new MatriarchException(
                            ErrorCode.BACKUP_CORRUPT, "'%s' is missing".formatted(path), "take a new backup.");
                }
                faults.reach("read");
                return new ByteArrayInputStream(file.content());
            }

            @Override
            public Optional<Path> localFile(BackupPath path) {
                return Optional.ofNullable(stored.get(path)).flatMap(StoredFile::local);
            }
        };
    }

    @Override
    public Optional<BrokenBackup> findBroken(BackupId id) {
        List<BackupEntry> stored = filesOf(id).values().stream()
                .map(StoredFile::entry)
                .filter(entry -> !entry.directory())
                .toList();
        return findBackup(id)
                .filter(backup ->
                        !backup.status().hasAllFiles() && backup.span().endLsn().isEmpty())
                .map(backup -> new BrokenBackup(backup, requireNonNull(serverTimes.get(id)), false, stored));
    }

    @Override
    public void delete(BackupId id) {
        faults.reach("delete");
        files.remove(id);
        backups.remove(id);
    }

    @Override
    public InMemoryWalArchive wal() {
        return wal;
    }

    private Map<BackupPath, StoredFile> filesOf(BackupId id) {
        return files.computeIfAbsent(id, newId -> java.util.Collections.synchronizedMap(new TreeMap<>()));
    }
}
