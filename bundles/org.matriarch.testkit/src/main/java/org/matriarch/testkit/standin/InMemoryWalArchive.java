package org.matriarch.testkit.standin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
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
    private record Stored(WalEntry entry, byte[] content) {}

    private final Map<WalFileName, Stored> stored = new ConcurrentSkipListMap<>();
    private final Faults faults;

    InMemoryWalArchive(Faults faults) {
        this.faults = faults;
    }

    /** Adds a file of {@code content} that was archived at {@code archived}. */
    public void add(String name, Instant archived, byte[] content) {
        var walName = new WalFileName(name);
        stored.put(
                walName,
                new Stored(new WalEntry(walName, content.length, archived, Optional.empty()), content.clone()));
    }

    /** Adds a segment of 16 bytes. */
    public void add(String name) {
        add(name, Instant.EPOCH, new byte[16]);
    }

    @Override
    public Outcome store(WalFileName name, Path file) {
        try {
            add(name.value(), Instant.EPOCH, Files.readAllBytes(file));
            return Outcome.STORED;
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
        return stored.values().stream().map(Stored::entry).toList();
    }

    @Override
    public InputStream open(WalFileName name) {
        Stored file = stored.get(name);
        if (file == null) {
            throw new MatriarchException(
                    ErrorCode.WAL_MISSING, "WAL '%s' is not archived".formatted(name), "see 'wal:list'.");
        }
        return new ByteArrayInputStream(file.content());
    }

    @Override
    public Optional<TimelineHistory> history(int timeline) {
        if (timeline == 1) {
            return Optional.of(TimelineHistory.first(1));
        }
        return Optional.ofNullable(stored.get(WalFileName.ofHistory(timeline)))
                .map(file -> TimelineHistory.parse(
                        timeline, new String(file.content(), java.nio.charset.StandardCharsets.ISO_8859_1)));
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
}
