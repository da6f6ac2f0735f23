package org.matriarch.shell.internal.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How wide each column of a table is, and which columns stand side by side.
 *
 * @param lines the columns of each line of a row; a table that fits has one line per row
 */
record TableLayout(List<Integer> widths, List<List<Integer>> lines) {

    /** What stands between two columns. */
    static final int SEPARATOR = 3;

    /** How far the second line of a row is set in, and each after it. */
    static final int INDENT = 4;

    private static final int LEAST_TEXT = 16;

    /** Puts all columns side by side, however wide that is. */
    static TableLayout wide(int[] widths) {
        return new TableLayout(boxed(widths), List.of(all(widths)));
    }

    /**
     * Makes the table fit: texts are narrowed, to be wrapped; if that is not enough, a row takes several lines. What is not
     * text is as wide as it is, for a name that is cut can be used for nothing.
     */
    static TableLayout fit(int[] natural, List<Boolean> text, int columns) {
        int[] widths = natural.clone();
        narrow(widths, all(widths), text, columns);
        if (width(widths, all(widths)) <= columns) {
            return new TableLayout(boxed(widths), List.of(all(widths)));
        }
        List<List<Integer>> lines = breakUp(widths, columns);
        for (int line = 0; line < lines.size(); line++) {
            int room = columns - (line == 0 ? 0 : INDENT);
            lines.get(line).forEach(column -> widths[column] = natural[column]);
            narrow(widths, lines.get(line), text, room);
        }
        return new TableLayout(boxed(widths), lines);
    }

    private static List<List<Integer>> breakUp(int[] widths, int columns) {
        var lines = new ArrayList<List<Integer>>();
        List<Integer> line = new ArrayList<>();
        for (int column = 0; column < widths.length; column++) {
            line.add(column);
            int room = columns - (lines.isEmpty() ? 0 : INDENT);
            if (line.size() > 1 && width(widths, line) > room) {
                line.remove(line.size() - 1);
                lines.add(line);
                line = new ArrayList<>(List.of(column));
            }
        }
        lines.add(line);
        return lines;
    }

    /** Takes from the widest text until the columns fit, or no text can be narrower. */
    private static void narrow(int[] widths, List<Integer> line, List<Boolean> text, int room) {
        while (width(widths, line) > room) {
            int widest = -1;
            for (int column : line) {
                if (text.get(column)
                        && widths[column] > LEAST_TEXT
                        && (widest < 0 || widths[column] > widths[widest])) {
                    widest = column;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    private static int width(int[] widths, List<Integer> line) {
        return line.stream().mapToInt(column -> widths[column]).sum() + SEPARATOR * (line.size() - 1);
    }

    private static List<Integer> boxed(int[] widths) {
        return Arrays.stream(widths).boxed().toList();
    }

    private static List<Integer> all(int[] widths) {
        var all = new ArrayList<Integer>();
        for (int column = 0; column < widths.length; column++) {
            all.add(column);
        }
        return all;
    }
}
