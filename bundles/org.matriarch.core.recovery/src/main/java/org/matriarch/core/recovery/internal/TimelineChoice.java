package org.matriarch.core.recovery.internal;

import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;

/**
 * Turns what an operator says of the timeline into the history that recovery follows.
 *
 * <p>Source: PostgreSQL manual, {@code recovery_target_timeline}: {@code current} is the backup's own, {@code latest} the
 * newest one that branches off after the backup.
 */
final class TimelineChoice {

    private static final String LATEST = "latest";
    private static final String CURRENT = "current";

    private TimelineChoice() {}

    /** Returns the history to follow from a backup; nothing said means the latest. */
    static TimelineHistory choose(Optional<String> wish, Backup backup, ArchivedWal wal) {
        String word = wish.orElse(LATEST);
        int own = backup.source().timeline();
        return switch (word) {
            case CURRENT -> ownHistory(own, wal);
            case LATEST -> latest(backup, wal);
            default -> numbered(number(word), backup, wal);
        };
    }

    /** Returns whether recovery along a history can begin at the end of a backup. */
    static boolean reaches(TimelineHistory history, Backup backup) {
        return backup.span()
                .endLsn()
                .map(end -> history.contains(backup.source().timeline(), end))
                .orElse(false);
    }

    private static TimelineHistory latest(Backup backup, ArchivedWal wal) {
        return wal.histories().stream()
                .map(WalFileName::timeline)
                .filter(timeline -> timeline > backup.source().timeline())
                .sorted((a, b) -> Integer.compare(b, a))
                .flatMap(timeline -> wal.history(timeline).stream())
                .filter(history -> reaches(history, backup))
                .findFirst()
                .orElseGet(() -> ownHistory(backup.source().timeline(), wal));
    }

    private static TimelineHistory numbered(int timeline, Backup backup, ArchivedWal wal) {
        if (timeline == backup.source().timeline()) {
            return ownHistory(timeline, wal);
        }
        TimelineHistory history = wal.history(timeline)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.TARGET_UNREACHABLE,
                        "unable to recover to timeline %d: its history is not archived".formatted(timeline),
                        "look with 'wal:list' which timelines the archive holds."));
        if (!reaches(history, backup)) {
            throw new MatriarchException(
                    ErrorCode.TARGET_UNREACHABLE,
                    "unable to recover backup '%s' to timeline %d: that timeline left timeline %d before the backup's end"
                            .formatted(backup.id(), timeline, backup.source().timeline()),
                    "choose an older backup, or another '--target-tli'.");
        }
        return history;
    }

    private static TimelineHistory ownHistory(int timeline, ArchivedWal wal) {
        return wal.history(timeline).orElseGet(() -> TimelineHistory.first(timeline));
    }

    private static int number(String word) {
        try {
            int timeline = Integer.parseInt(word);
            if (timeline > 0) {
                return timeline;
            }
        } catch (NumberFormatException e) {
            // said below, together with a number that is too small
        }
        throw new MatriarchException(
                ErrorCode.TARGET_INVALID,
                "'%s' is not a timeline".formatted(word),
                "give '--target-tli' a number from 1 up, 'current' or 'latest'.");
    }
}
