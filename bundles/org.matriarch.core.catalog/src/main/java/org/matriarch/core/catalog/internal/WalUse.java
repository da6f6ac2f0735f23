package org.matriarch.core.catalog.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

/** Assigns the archived WAL to the backups: to each what was written from its begin up to the next one's. */
final class WalUse {

    private final List<WalEntry> entries;

    /** Assigns {@code entries}, which are given in name order. */
    WalUse(List<WalEntry> entries) {
        this.entries = entries;
    }

    /** Returns the backups, given oldest first, with the WAL of each counted. */
    List<Backup> counted(List<Backup> backups) {
        var counted = new ArrayList<Backup>(backups.size());
        for (Backup backup : backups) {
            long bytes = of(backup, backups).stream()
                    .mapToLong(WalEntry::storedBytes)
                    .sum();
            BackupSize size = backup.size();
            counted.add(backup.withSize(new BackupSize(size.sizeBytes(), size.storedBytes(), bytes, size.fileCount())));
        }
        return counted;
    }

    /** Returns the archived segments from a backup's begin up to the next backup's, or to the last. */
    List<WalEntry> of(Backup backup, List<Backup> backups) {
        Optional<WalFileName> begin = begin(backup);
        if (begin.isEmpty()) {
            return List.of();
        }
        Optional<WalFileName> next = backups.stream()
                .flatMap(other -> begin(other).stream())
                .filter(other -> other.compareTo(begin.get()) > 0)
                .min(WalFileName::compareTo);
        int from = firstAtOrAfter(begin.get());
        int to = next.map(this::firstAtOrAfter).orElse(entries.size());
        return entries.subList(from, to).stream()
                .filter(entry -> entry.name().isSegment())
                .toList();
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
