package org.matriarch.api.error;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/** A failed operation, described well enough for an operator to act on it without reading a stack trace. */
public class MatriarchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String summary;
    private final String hint;

    /**
     * Describes a failure.
     *
     * @param summary what could not be done and to what: lower case, no full stop, values in single quotes, no secret
     * @param hint what the operator should look at or change: one sentence, ended by a full stop
     */
    public MatriarchException(ErrorCode code, String summary, String hint, @Nullable Throwable cause) {
        super("MATR-%d: %s%nHINT: %s".formatted(code.number(), summary, hint), cause);
        this.code = requireNonNull(code, "code");
        this.summary = summary;
        this.hint = hint;
    }

    /** Describes a failure that has no cause beyond itself. */
    public MatriarchException(ErrorCode code, String summary, String hint) {
        this(code, summary, hint, null);
    }

    /** Returns which kind of failure this is. */
    public ErrorCode code() {
        return code;
    }

    /** Returns the first line of the message without its number. */
    public String summary() {
        return summary;
    }

    /** Returns what to do about it. */
    public String hint() {
        return hint;
    }
}
