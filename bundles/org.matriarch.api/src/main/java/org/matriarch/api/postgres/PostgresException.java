package org.matriarch.api.postgres;

import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** An error that PostgreSQL itself reported, with its SQLSTATE, which stays the same in every language of the server. */
public final class PostgresException extends MatriarchException {

    private static final long serialVersionUID = 1L;

    private final String sqlState;

    /** Describes what the server refused; the rest as in {@link MatriarchException}. */
    public PostgresException(ErrorCode code, String sqlState, String summary, String hint, @Nullable Throwable cause) {
        super(code, summary, hint, cause);
        this.sqlState = sqlState;
    }

    /** Returns the five characters of the server's error code, such as 58P01 for WAL that is gone. */
    public String sqlState() {
        return sqlState;
    }
}
