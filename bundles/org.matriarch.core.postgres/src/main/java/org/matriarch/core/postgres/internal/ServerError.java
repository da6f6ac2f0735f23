package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.util.Map;

/** An ErrorResponse of the server. */
final class ServerError extends IOException {

    private static final long serialVersionUID = 1L;

    private final String sqlState;
    private final String severity;

    ServerError(Map<Character, String> fields) {
        super(text(fields));
        sqlState = fields.getOrDefault('C', "");
        // 'V' is never translated; every supported server sends it.
        severity = fields.getOrDefault('V', fields.getOrDefault('S', ""));
    }

    /** Returns the five characters of the SQLSTATE. */
    String sqlState() {
        return sqlState;
    }

    /** Returns whether the server ends the connection after this. */
    boolean isFatal() {
        return severity.equals("FATAL") || severity.equals("PANIC");
    }

    /** Returns what the server said, on one line. */
    String text() {
        return String.valueOf(getMessage());
    }

    private static String text(Map<Character, String> fields) {
        StringBuilder text = new StringBuilder(fields.getOrDefault('M', "no message"));
        for (char more : new char[] {'D', 'H'}) {
            if (fields.containsKey(more)) {
                text.append("; ").append(fields.get(more));
            }
        }
        return text.toString().replace('\n', ' ');
    }
}
