package org.matriarch.core.wal.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;

/** A repository that keeps WAL in memory and no backups; it survives what stands for a crash of the container. */
final class MemoryRepository implements Repositories, Repository, WalArchive {

    private final NavigableMap<WalFileName, byte[]> files = new ConcurrentSkipListMap<>();
    private volatile Optional<RepositoryIdentity> identity = Optional.empty();
    private volatile Optional<Supplier<MatriarchException>> trouble = Optional.empty();

    /** Lets every {@link #store} fail until told otherwise. */
    void failStoring(Optional<Supplier<MatriarchException>> failure) {
        trouble = failure;
    }

    void put(WalFileName name, byte[] content) {
        files.put(name, content);
    }

    byte[] content(WalFileName name) {
        return files.get(name);
    }

    List<WalFileName> names() {
        return List.copyOf(files.keySet());
    }

    @Override
    public Repository repository(ServerConfiguration server) {
        return this;
    }

    @Override
    public String server() {
        return "main";
    }

    @Override
    public Optional<RepositoryIdentity> identity() {
        return identity;
    }

    @Override
    public void claim(RepositoryIdentity claimant) {
        if (!claimant.equals(identity.orElse(claimant))) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_FOREIGN, "the repository is of another system", "use another one.");
        }
        identity = Optional.of(claimant);
    }

    @Override
    public Outcome store(WalFileName name, Path file) {
        trouble.ifPresent(failure -> {
            throw failure.get();
        });
        try {
            byte[] content = Files.readAllBytes(file);
            byte[] present = files.putIfAbsent(name, content);
            if (present == null) {
                return Outcome.STORED;
            }
            if (Arrays.equals(present, content)) {
                return Outcome.DUPLICATE;
            }
            throw new MatriarchException(ErrorCode.WAL_CONFLICT, "'%s' differs".formatted(name), "compare them.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<WalEntry> find(WalFileName name) {
        return Optional.ofNullable(files.get(name)).map(content -> entry(name, content));
    }

    private static WalEntry entry(WalFileName name, byte[] content) {
        return new WalEntry(name, content.length, Instant.EPOCH, Optional.empty());
    }

    @Override
    public boolean contains(WalFileName name) {
        return files.containsKey(name);
    }

    @Override
    public List<WalEntry> entries() {
        return files.entrySet().stream()
                .map(e -> entry(e.getKey(), e.getValue()))
                .toList();
    }

    @Override
    public InputStream open(WalFileName name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw new MatriarchException(ErrorCode.WAL_MISSING, "'%s' is not archived".formatted(name), "look again.");
        }
        return new ByteArrayInputStream(content);
    }

    @Override
    public Optional<TimelineHistory> history(int timeline) {
        if (timeline == 1) {
            return Optional.of(TimelineHistory.first(1));
        }
        return Optional.ofNullable(files.get(WalFileName.ofHistory(timeline)))
                .map(content -> TimelineHistory.parse(timeline, new String(content, StandardCharsets.ISO_8859_1)));
    }

    @Override
    public void delete(List<WalFileName> names) {
        names.forEach(files::remove);
    }

    @Override
    public int reindex() {
        return files.size();
    }

    @Override
    public WalArchive wal() {
        return this;
    }

    @Override
    public List<Backup> backups() {
        return List.of();
    }

    @Override
    public Optional<Backup> findBackup(BackupId id) {
        return Optional.empty();
    }

    @Override
    public BackupWriter begin(NewBackup backup) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BackupReader open(BackupId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void delete(BackupId id) {
        throw new UnsupportedOperationException();
    }
}
