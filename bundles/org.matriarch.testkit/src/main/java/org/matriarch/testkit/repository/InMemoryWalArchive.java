package org.matriarch.testkit.repository;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;

/** Keeps WAL in memory. Thread-safe. */
public final class InMemoryWalArchive implements WalArchive {

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(WalEntry entry, byte[] content) {

        static Stored of(WalFileName name, Instant archived, byte[] content) {
            return new Stored(new WalEntry(name, content.length, archived, Optional.empty()), content.clone());
        }
    }

    private final Map<WalFileName, Stored> stored = new ConcurrentSkipListMap<>();
    private final Faults faults;
    private volatile boolean prepared;

    /** Holds nothing yet, and never breaks. */
    public InMemoryWalArchive() {
        this(new Faults());
    }

    InMemoryWalArchive(Faults faults) {
        this.faults = faults;
    }

    /** Adds a file of {@code content} that was archived at {@code archived}. */
    public InMemoryWalArchive add(String name, Instant archived, byte[] content) {
        var walName = new WalFileName(name);
        stored.put(walName, Stored.of(walName, archived, content));
        return this;
    }

    /** Adds a file of {@code content}, or changes it behind everybody's back. */
    public InMemoryWalArchive add(WalFileName name, byte[] content) {
        return add(name.value(), Instant.EPOCH, content);
    }

    /** Adds a segment of 16 bytes. */
    public InMemoryWalArchive add(String name) {
        return add(name, Instant.EPOCH, new byte[16]);
    }

    /** Adds the history of a timeline. */
    public InMemoryWalArchive addHistory(int timeline, String content) {
        return add(WalFileName.ofHistory(timeline), content.getBytes(ISO_8859_1));
    }

    /** Returns the bytes of a file that must be there. */
    public byte[] content(WalFileName name) {
        return require(name).content().clone();
    }

    @Override
    public void prepare() {
        prepared = true;
    }

    /** Returns whether {@link #prepare} was called. */
    public boolean isPrepared() {
        return prepared;
    }

    /** Returns the names of all files, in order. */
    public List<WalFileName> names() {
        return List.copyOf(stored.keySet());
    }

    @Override
    public Outcome store(WalFileName name, Path file) {
        faults.reach("wal.store");
        try {
            byte[] content = Files.readAllBytes(file);
            Stored before = stored.putIfAbsent(name, Stored.of(name, Instant.EPOCH, content));
            if (before == null) {
                return Outcome.STORED;
            }
            if (Arrays.equals(before.content(), content)) {
                return Outcome.DUPLICATE;
            }
            throw new MatriarchException(
                    ErrorCode.WAL_CONFLICT, "'%s' differs from what is archived".formatted(name), "compare them.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<WalEntry> find(WalFileName name) {
        return Optional.ofNullable(stored.get(name)).map(Stored::entry);
    }

    @Override
    public boolean contains(WalFileName name) {
        return stored.containsKey(name);
    }

    @Override
    public List<WalEntry> entries() {
        faults.reach("wal.entries");
        return stored.values().stream().map(Stored::entry).toList();
    }

    @Override
    public InputStream open(WalFileName name) {
        return new ByteArrayInputStream(require(name).content());
    }

    @Override
    public Optional<TimelineHistory> history(int timeline) {
        if (timeline == 1) {
            return Optional.of(TimelineHistory.first(1));
        }
        return Optional.ofNullable(stored.get(WalFileName.ofHistory(timeline)))
                .map(file -> TimelineHistory.parse(timeline, new String(file.content(), ISO_8859_1)));
    }

    @Override
    public void delete(List<WalFileName> names) {
        faults.reach("wal.delete");
        names.forEach(stored::remove);
    }

    @Override
    public int reindex() {
        return stored.size();
    }

    private Stored require(WalFileName name) {
        Stored file = stored.get(name);
        if (file == null) {
            throw new MatriarchException(
                    ErrorCode.WAL_MISSING, "WAL '%s' is not archived".formatted(name), "see 'wal:list'.");
        }
        return file;
    }
}
