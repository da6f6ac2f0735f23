package org.matriarch.shell.internal.output;

import java.util.ArrayList;
import java.util.List;

/** Named values, one per line, with the values below each other. Nothing is cut. */
public final class Fields {

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /** Adds a value. */
    public Fields add(String name, Object value) {
        names.add(name);
        values.add(Text.oneLine(String.valueOf(value)));
        return this;
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
