package org.matriarch.core.catalog.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

/** Assigns the archived WAL to the backups: to each what was written from its begin up to the next one's. */
final class WalUse {

    private final List<WalEntry> entries;
    private final List<Backup> backups;
    private final NavigableSet<WalFileName> begins = new TreeSet<>();

    /** Assigns {@code entries}, which are given in name order, to {@code backups}, which are all of the server. */
    WalUse(List<WalEntry> entries, List<Backup> backups) {
        this.entries = entries;
        this.backups = backups;
        backups.forEach(backup -> begin(backup).ifPresent(begins::add));
    }

    /** Returns the backups with the WAL of each counted. */
    List<Backup> counted() {
        var counted = new ArrayList<Backup>(backups.size());
        for (Backup backup : backups) {
            long bytes = segments(backup).mapToLong(WalEntry::storedBytes).sum();
            BackupSize size = backup.size();
            counted.add(backup.withSize(new BackupSize(size.sizeBytes(), size.storedBytes(), bytes, size.fileCount())));
        }
        return counted;
    }

    /** Returns the archived segments from a backup's begin up to the next backup's, or to the last. */
    List<WalEntry> of(Backup backup) {
        return segments(backup).toList();
    }

    private Stream<WalEntry> segments(Backup backup) {
        Optional<WalFileName> begin = begin(backup);
        if (begin.isEmpty()) {
            return Stream.empty();
        }
        @Nullable WalFileName next = begins.higher(begin.get());
        int from = firstAtOrAfter(begin.get());
        int to = next == null ? entries.size() : firstAtOrAfter(next);
        return entries.subList(from, to).stream().filter(entry -> entry.name().isSegment());
    }

    private static Optional<WalFileName> begin(Backup backup) {
        return backup.status().hasAllFiles() ? backup.beginWal() : Optional.empty();
    }

    private int firstAtOrAfter(WalFileName name) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (entries.get(middle).name().compareTo(name) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
