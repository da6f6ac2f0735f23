package org.matriarch.core.backup.internal;

import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** One try of a backup that broke, and whether another one may succeed. */
final class BackupFailedException extends MatriarchException {

    private static final long serialVersionUID = 1L;

    private final boolean worthRepeating;

    BackupFailedException(String server, String reason, boolean worthRepeating, @Nullable Throwable cause) {
        super(
                ErrorCode.BACKUP_FAILED,
                "unable to complete the backup of server '%s': %s".formatted(server, reason),
                worthRepeating
                        ? "run 'backup:create %s' again; 'basebackup_retry_times' makes it happen by itself."
                                .formatted(server)
                        : "see the log of Matriarch and of PostgreSQL for what stood in the way.",
                cause);
        this.worthRepeating = worthRepeating;
    }

    /** Returns whether an operator's patience is better spent on another try than on reading. */
    static boolean isWorthRepeating(MatriarchException failure) {
        if (failure instanceof BackupFailedException broken) {
            return broken.worthRepeating;
        }
        // A full store does not empty itself by being written to once more.
        return failure.code().retryable() && failure.code() != ErrorCode.STORE_FULL;
    }
}
