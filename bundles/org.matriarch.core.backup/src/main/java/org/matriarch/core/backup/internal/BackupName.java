package org.matriarch.core.backup.internal;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** Decides what an operator may call a backup: nothing that already means another one. */
final class BackupName {

    private static final Set<String> RESERVED =
            Set.of("latest", "last", "oldest", "first", "latest-full", "last-full", "last-failed", "auto", "all");

    private static final Pattern LIKE_AN_ID = Pattern.compile("[0-9]+T?[0-9]*");
    private static final Pattern FORM =
            Pattern.compile("[^\\p{C}\\p{Z}/\\-]([^\\p{C}\\p{Zl}\\p{Zp}/]*[^\\p{C}\\p{Z}/])?");
    private static final int MAX_LENGTH = 100;

    private BackupName() {}

    /** Refuses a name that could not be told from an id or a selector word, or not be printed. */
    static void requireUsable(String name) {
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw wrong(name, "the word is reserved", "choose another name: this one already selects a backup.");
        }
        if (LIKE_AN_ID.matcher(name).matches()) {
            throw wrong(name, "it looks like a backup id", "choose a name that has letters.");
        }
        if (name.length() > MAX_LENGTH || !FORM.matcher(name).matches()) {
            throw wrong(
                    name,
                    "it is not a name of 1 to %d printable characters".formatted(MAX_LENGTH),
                    "choose a name without '/' and control characters that does not begin with '-' or a space.");
        }
    }

    private static MatriarchException wrong(String name, String reason, String hint) {
        return new MatriarchException(ErrorCode.USAGE, message(name, reason), hint);
    }

    /** Describes why a name that could be one cannot be given to a new backup. */
    static MatriarchException refused(String name, String reason, String hint) {
        return new MatriarchException(ErrorCode.BACKUP_REFUSED, message(name, reason), hint);
    }

    private static String message(String name, String reason) {
        return "unable to call a backup '%s': %s".formatted(name, reason);
    }
}
