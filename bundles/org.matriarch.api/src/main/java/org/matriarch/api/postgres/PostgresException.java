package org.matriarch.api.postgres;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** An error that PostgreSQL itself reported, with its SQLSTATE, which stays the same in every language of the server. */
public final class PostgresException extends MatriarchException {

    private static final long serialVersionUID = 1L;

    /** What a driver puts before the server's words: the severity, in the language of the server. */
    private static final Pattern SEVERITY = Pattern.compile("^[\\p{L}&&[^\\p{Ll}]]+:\\s+");
    /** What it puts before each further field, in the language of the driver: Detail, Hint. */
    private static final Pattern FIELD = Pattern.compile("\\.?\\R {2}\\p{L}[\\p{L} ]*: ");
    /** Where in the text of the statement; means nothing to whoever did not write it. */
    private static final Pattern POSITION = Pattern.compile("\\R {2}\\p{L}[\\p{L} ]*: \\d+(?=\\R|$)");

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

    /** Returns what the server, or its driver, said, fit to stand within a sentence: one line, its parts joined by ';'. */
    public static String reason(SQLException failure) {
        String text = POSITION.matcher(String.valueOf(failure.getMessage())).replaceAll("");
        text = SEVERITY.matcher(text).replaceFirst("");
        return FIELD.matcher(text).replaceAll("; ").replaceAll("\\R\\s*", " ").replaceFirst("\\.?\\s*$", "");
    }
}
