package org.matriarch.core.recovery.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.model.WalRange;
import org.matriarch.api.recovery.RecoveryTarget;

/** Which WAL files a recovery reads, and the proof that they are there. */
final class WalNeeds {

    private final Backup backup;
    private final TimelineHistory history;
    private final ArchivedWal wal;
    private final long segmentSizeBytes;

    WalNeeds(Backup backup, TimelineHistory history, ArchivedWal wal) {
        this.backup = backup;
        this.history = history;
        this.wal = wal;
        this.segmentSizeBytes = backup.source().segmentSizeBytes();
    }

    /**
     * Returns the files that recovery to a target reads, in order.
     *
     * @throws MatriarchException {@code WAL_MISSING} if one that is certainly needed is not there
     */
    List<WalFileName> files(RecoveryTarget target) {
        Lsn end = certainEnd(target);
        var files = new ArrayList<WalFileName>();
        for (WalFileName segment : new WalRange(history, begin(), end, segmentSizeBytes).segments()) {
            requireWholeSoFar(files, target);
            files.add(wal.find(segment).orElseThrow(() -> missing(segment, target)));
        }
        if (readsToTheEnd(target)) {
            addWhatFollows(end, files, target);
        }
        return List.copyOf(files);
    }

    /** A segment that is there in part only can be the last one, never one in between. */
    private void requireWholeSoFar(List<WalFileName> files, RecoveryTarget target) {
        if (!files.isEmpty() && !files.get(files.size() - 1).isSegment()) {
            throw missing(files.get(files.size() - 1).segment(), target);
        }
    }

    private Lsn certainEnd(RecoveryTarget target) {
        Lsn backupEnd = backup.span().endLsn().orElseThrow();
        // The byte at the target position belongs to the record that ends recovery, so its segment is read as well.
        return target instanceof RecoveryTarget.Position position
                ? max(backupEnd, position.lsn().plus(1))
                : backupEnd;
    }

    private static boolean readsToTheEnd(RecoveryTarget target) {
        return !(target instanceof RecoveryTarget.Position) && !(target instanceof RecoveryTarget.Immediate);
    }

    private void addWhatFollows(Lsn end, List<WalFileName> files, RecoveryTarget target) {
        Lsn position = end.plus(-1).segmentStart(segmentSizeBytes).plus(segmentSizeBytes);
        while (true) {
            WalFileName segment = segmentAt(position);
            Optional<WalFileName> file = wal.find(segment);
            if (file.isEmpty()) {
                requireNothingBeyond(segment, target);
                return;
            }
            requireWholeSoFar(files, target);
            files.add(file.get());
            position = position.plus(segmentSizeBytes);
        }
    }

    private void requireNothingBeyond(WalFileName firstMissing, RecoveryTarget target) {
        boolean gap = wal.newest(history.timeline())
                .map(newest -> firstMissing.startLsn(segmentSizeBytes).isBefore(newest.startLsn(segmentSizeBytes)))
                .orElse(false);
        if (gap) {
            throw missing(firstMissing, target);
        }
    }

    private WalFileName segmentAt(Lsn start) {
        return WalFileName.ofSegment(history.timelineAt(start.plus(segmentSizeBytes - 1)), start, segmentSizeBytes);
    }

    private Lsn begin() {
        return backup.span().beginLsn().orElseThrow();
    }

    private MatriarchException missing(WalFileName segment, RecoveryTarget target) {
        return new MatriarchException(
                ErrorCode.WAL_MISSING,
                "unable to recover backup '%s' %s: WAL '%s' is not archived"
                        .formatted(backup.id(), words(target), segment),
                "look for the gap with 'wal:list %s'; a target before it can be reached with '--target-lsn' or '--target-immediate'."
                        .formatted(backup.server()));
    }

    private static String words(RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Position position) {
            return "to position '%s'".formatted(position.lsn());
        }
        return target instanceof RecoveryTarget.Immediate ? "to its end" : "to the chosen target";
    }

    private static Lsn max(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }
}
