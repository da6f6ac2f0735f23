package org.matriarch.shell.internal.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Named values, one per line, with the values below each other. Nothing is cut. */
public final class Fields {

    private static final String HINT = "HINT: ";

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /** Adds a value. */
    public Fields add(String name, Object value) {
        names.add(name);
        values.add(Text.oneLine(String.valueOf(value)));
        return this;
    }

    /** Adds an error, and what to do about it as a value of its own if the text of the error says so. */
    public Fields addError(String prefix, Optional<String> error) {
        String text = error.orElse("-");
        int hint = text.indexOf(HINT);
        add(prefix + "error", hint < 0 ? text : text.substring(0, hint));
        return hint < 0 ? this : add(prefix + "hint", text.substring(hint + HINT.length()));
    }

    /** Prints them, each line after so many blanks. */
    public void print(Console console, int indent) {
        int width = names.stream().mapToInt(String::length).max().orElse(0);
        for (int index = 0; index < names.size(); index++) {
            String name = names.get(index);
            String blanks = " ".repeat(width - name.length());
            console.out().println((" ".repeat(indent) + name + blanks + " : " + values.get(index)).stripTrailing());
        }
    }
}
