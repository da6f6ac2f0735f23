package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** Says what became of a file operation of ours in words that help. */
final class DiskFailure {

    private DiskFailure() {}

    /** Returns the error to show for a failure below a directory. */
    static MatriarchException of(String what, Path directory, IOException cause) {
        String text = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return new MatriarchException(
                    ErrorCode.STORE_FULL,
                    "unable to %s in '%s': %s".formatted(what, directory, text),
                    "free some space below '%s'; nothing that was received is lost, and it goes on by itself."
                            .formatted(directory),
                    cause);
        }
        return new MatriarchException(
                ErrorCode.STORE_FAILED,
                "unable to %s in '%s': %s".formatted(what, directory, text),
                "look at the file system of '%s' and at its permissions; it is tried again by itself."
                        .formatted(directory),
                cause);
    }
}
