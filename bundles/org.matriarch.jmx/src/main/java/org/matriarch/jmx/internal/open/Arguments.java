package org.matriarch.jmx.internal.open;

import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** What an operation is called with, by position. */
public final class Arguments {

    private final String operation;
    private final Object[] values;

    Arguments(String operation, Object[] values) {
        this.operation = operation;
        this.values = values.clone();
    }

    /** Returns a text that has to be given. */
    public String text(int index) {
        return findText(index)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.USAGE,
                        "argument %d of '%s' is empty".formatted(index + 1, operation),
                        "give a value; the description of the operation says what it means."));
    }

    /** Returns a text, if it is given. */
    public Optional<String> findText(int index) {
        return Optional.ofNullable((String) values[index]).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Returns a truth value; false if it is not given. */
    public boolean flag(int index) {
        return Boolean.TRUE.equals(values[index]);
    }

    /** Returns a whole number; 0 if it is not given. */
    public long number(int index) {
        return values[index] instanceof Long number ? number : 0;
    }
}
