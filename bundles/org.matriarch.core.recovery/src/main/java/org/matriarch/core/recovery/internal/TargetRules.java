package org.matriarch.core.recovery.internal;

import java.time.Instant;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;

/** What may be asked of a recovery target, and whether it lies after a backup's end. */
final class TargetRules {

    private TargetRules() {}

    /** Refuses options that contradict one another. */
    static void requireConsistent(RestoreRequest request) {
        RecoveryTarget target = request.target();
        boolean hasOrder = target instanceof RecoveryTarget.Time
                || target instanceof RecoveryTarget.Xid
                || target instanceof RecoveryTarget.Position;
        if (request.exclusive() && !hasOrder) {
            throw invalid(
                    "'--exclusive' has no meaning for this target",
                    "use '--exclusive' with '--target-time', '--target-xid' or '--target-lsn' only.");
        }
        if (request.action().isPresent() && target instanceof RecoveryTarget.Latest) {
            throw invalid(
                    "'--target-action' is given, but no target",
                    "add one of '--target-time', '--target-xid', '--target-name', '--target-lsn', '--target-immediate'.");
        }
        if (request.action().isPresent() && request.standbyMode()) {
            throw invalid(
                    "'--target-action' and '--standby-mode' exclude one another",
                    "a standby goes on replaying; leave out one of the two.");
        }
        requirePossible(target);
    }

    /** Refuses a target that no server can have. */
    private static void requirePossible(RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Xid xid && xid.xid() < 3) {
            throw invalid(
                    "%d is not the number of a transaction that can be a target".formatted(xid.xid()),
                    "give '--target-xid' a number from 3 up, as pg_current_xact_id() returns it.");
        }
        if (target instanceof RecoveryTarget.Name name
                && (name.name().isEmpty() || name.name().length() > 63)) {
            throw invalid(
                    "the name of a restore point has 1 to 63 characters, this one %d"
                            .formatted(name.name().length()),
                    "give '--target-name' the name that pg_create_restore_point() was called with.");
        }
    }

    /** Refuses a moment that has not come: PostgreSQL would replay everything and then end with an error. */
    static void requirePast(RestoreRequest request, Instant now) {
        if (request.target() instanceof RecoveryTarget.Time time && time.time().isAfter(now)) {
            throw new MatriarchException(
                    ErrorCode.TARGET_UNREACHABLE,
                    "unable to recover to time '%s': it is in the future, now is '%s'".formatted(time.time(), now),
                    "mind the time zone of '--target-time'; without a target recovery goes as far as there is WAL.");
        }
    }

    /** Refuses a target that lies before the end of the backup, which recovery cannot stop at. */
    static void requireReachable(RestoreRequest request, Backup backup) {
        if (request.target() instanceof RecoveryTarget.Time time && !endsBefore(backup, time.time())) {
            throw tooEarly(backup, "time '%s'".formatted(time.time()), "at " + endTime(backup));
        }
        if (request.target() instanceof RecoveryTarget.Position position && !endsAtOrBefore(backup, position.lsn())) {
            throw tooEarly(backup, "position '%s'".formatted(position.lsn()), "at " + endLsn(backup));
        }
    }

    /** Returns whether a backup is one from which the target can be reached, as far as that can be told beforehand. */
    static boolean canReach(RecoveryTarget target, Backup backup) {
        if (target instanceof RecoveryTarget.Time time) {
            return endsBefore(backup, time.time());
        }
        if (target instanceof RecoveryTarget.Position position) {
            return endsAtOrBefore(backup, position.lsn());
        }
        return true;
    }

    /** Returns whether nobody can tell beforehand when the target came. */
    static boolean isUndated(RecoveryTarget target) {
        return target instanceof RecoveryTarget.Xid || target instanceof RecoveryTarget.Name;
    }

    private static boolean endsBefore(Backup backup, Instant time) {
        return backup.span().endTime().map(end -> end.isBefore(time)).orElse(false);
    }

    private static boolean endsAtOrBefore(Backup backup, Lsn position) {
        return backup.span().endLsn().map(end -> !position.isBefore(end)).orElse(false);
    }

    private static String endTime(Backup backup) {
        return backup.span().endTime().map(Instant::toString).orElse("no known time");
    }

    private static String endLsn(Backup backup) {
        return backup.span().endLsn().map(Lsn::toString).orElse("no known position");
    }

    private static MatriarchException tooEarly(Backup backup, String target, String end) {
        return new MatriarchException(
                ErrorCode.TARGET_UNREACHABLE,
                "unable to recover backup '%s' to %s: the backup ended %s".formatted(backup.id(), target, end),
                "choose an older backup, or 'auto' to have the right one chosen.");
    }

    private static MatriarchException invalid(String message, String hint) {
        return new MatriarchException(ErrorCode.TARGET_INVALID, message, hint);
    }
}
