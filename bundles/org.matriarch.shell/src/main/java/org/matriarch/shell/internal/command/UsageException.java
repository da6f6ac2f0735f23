package org.matriarch.shell.internal.command;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** A command line that a command does not understand. */
public final class UsageException extends MatriarchException {

    private static final long serialVersionUID = 1L;

    /** Describes what is wrong with the words, and what to do. */
    public UsageException(String summary, String hint) {
        super(ErrorCode.USAGE, summary, hint);
    }

    /** Describes what is wrong with the words, what to do, and how it was noticed. */
    public UsageException(String summary, String hint, Exception cause) {
        super(ErrorCode.USAGE, summary, hint, cause);
    }
}
