package org.matriarch.core.catalog.internal;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.model.WalRange;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;

/**
 * Decides whether the WAL that a backup needs is there.
 *
 * @param firstMissing the first segment that is not archived; empty if all are
 * @param passedBy the newest archived segment of the same timeline that comes after the missing one
 */
record WalCheck(Optional<WalFileName> firstMissing, Optional<WalEntry> passedBy) {

    /** How the reason ends when a segment disappeared from the archive. */
    static final String GONE = "was archived and is gone";

    private static final String PASSED = "is missing although later WAL is archived";

    /** Looks into the archive for everything between the backup's begin and end, both of which must be known. */
    static WalCheck of(Backup backup, WalArchive archive) {
        Lsn begin = backup.span().beginLsn().orElseThrow();
        Lsn end = backup.span().endLsn().orElseThrow();
        int timeline = backup.source().timeline();
        // A copy never spans a switch, so without the history file its own timeline is all there is to know.
        TimelineHistory history = archive.history(timeline).orElseGet(() -> TimelineHistory.first(timeline));
        List<WalFileName> needed =
                new WalRange(history, begin, end, backup.source().segmentSizeBytes()).segments();
        Optional<WalFileName> missing =
                needed.stream().filter(name -> !archive.contains(name)).findFirst();
        return new WalCheck(missing, missing.flatMap(name -> newestAfter(name, archive)));
    }

    private static Optional<WalEntry> newestAfter(WalFileName missing, WalArchive archive) {
        return archive.entries().stream()
                .filter(entry -> entry.name().isSegment()
                        && entry.name().timeline() == missing.timeline()
                        && entry.name().compareTo(missing) > 0)
                .reduce((earlier, later) -> later);
    }

    /** Returns what this means for the backup. */
    BackupStatus status() {
        if (firstMissing.isEmpty()) {
            return BackupStatus.DONE;
        }
        return passedBy.isPresent() ? BackupStatus.FAILED : BackupStatus.WAITING_FOR_WALS;
    }

    /** Returns what is missing, for people. */
    Optional<String> reason() {
        return firstMissing.map(name -> passedBy.isPresent()
                ? "WAL %s %s".formatted(name, PASSED)
                : "WAL %s is not archived yet".formatted(name));
    }

    /** Returns whether a backup failed for missing WAL only, so that WAL that turns up late makes it whole. */
    static boolean failedForWalOnly(Backup backup) {
        return backup.status() == BackupStatus.FAILED
                && backup.span().beginLsn().isPresent()
                && backup.span().endLsn().isPresent()
                && backup.error()
                        .filter(error -> error.startsWith("WAL ") && (error.endsWith(PASSED) || error.endsWith(GONE)))
                        .isPresent();
    }
}
