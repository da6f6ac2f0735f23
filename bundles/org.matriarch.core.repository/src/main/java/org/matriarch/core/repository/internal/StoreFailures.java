package org.matriarch.core.repository.internal;

import java.io.IOException;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;

/** Says what stores and disks report in the words that an operator sees. */
final class StoreFailures {

    private StoreFailures() {}

    static MatriarchException of(StorageException e) {
        if (e instanceof StoreFullException) {
            return full(String.valueOf(e.getMessage()), e);
        }
        return new MatriarchException(
                ErrorCode.STORE_FAILED,
                String.valueOf(e.getMessage()),
                e.retryable()
                        ? "look at the disk or service behind the store, then run the command again."
                        : "look at the disk or service behind the store and at its configuration.",
                e);
    }

    /** Describes a failure that did not come from the store itself: a temporary file, a directory. */
    static MatriarchException of(String what, IOException e) {
        if (e instanceof StorageException storage) {
            return of(storage);
        }
        String message = "unable to %s: %s".formatted(what, reason(e));
        if (reason(e).contains("No space left on device")) {
            return full(message, e);
        }
        return new MatriarchException(
                ErrorCode.STORE_FAILED,
                message,
                "look at the disk behind matriarch_home, its permissions and the system's log.",
                e);
    }

    private static MatriarchException full(String message, IOException cause) {
        return new MatriarchException(
                ErrorCode.STORE_FULL,
                message,
                "make room: extend the disk, or delete old backups with backup:delete or retention:apply.",
                cause);
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        String kind = e.getClass().getSimpleName();
        return message == null ? kind : kind.equals("IOException") ? message : kind + ": " + message;
    }
}
