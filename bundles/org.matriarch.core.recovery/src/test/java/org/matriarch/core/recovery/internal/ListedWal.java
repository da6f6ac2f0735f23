package org.matriarch.core.recovery.internal;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;

/** A WAL archive in memory. */
final class ListedWal implements WalArchive {

    private final TreeMap<WalFileName, byte[]> files = new TreeMap<>();
    private final Map<Integer, String> histories = new HashMap<>();

    static ListedWal of(String... names) {
        var wal = new ListedWal();
        for (String name : names) {
            wal.put(name, new byte[(int) Fixtures.SEGMENT]);
        }
        return wal;
    }

    ListedWal history(int timeline, String content) {
        histories.put(timeline, content);
        return put(WalFileName.ofHistory(timeline).value(), content.getBytes(StandardCharsets.UTF_8));
    }

    ListedWal put(String name, byte[] content) {
        files.put(new WalFileName(name), content);
        return this;
    }

    @Override
    public Outcome store(WalFileName name, Path file) {
        throw new IllegalStateException("a restore stores no WAL");
    }

    @Override
    public Optional<WalEntry> find(WalFileName name) {
        return entries().stream().filter(entry -> entry.name().equals(name)).findAny();
    }

    @Override
    public boolean contains(WalFileName name) {
        return files.containsKey(name);
    }

    @Override
    public List<WalEntry> entries() {
        return files.entrySet().stream()
                .map(file ->
                        new WalEntry(file.getKey(), file.getValue().length, Instant.EPOCH, Optional.<String>empty()))
                .toList();
    }

    @Override
    public InputStream open(WalFileName name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw new MatriarchException(ErrorCode.WAL_MISSING, "no " + name, "none.");
        }
        return new ByteArrayInputStream(content);
    }

    @Override
    public Optional<TimelineHistory> history(int timeline) {
        return Optional.ofNullable(histories.get(timeline)).map(content -> TimelineHistory.parse(timeline, content));
    }

    @Override
    public void delete(List<WalFileName> names) {
        throw new IllegalStateException("a restore deletes no WAL");
    }

    @Override
    public int reindex() {
        return files.size();
    }
}
