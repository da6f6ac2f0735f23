package org.matriarch.shell.internal.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Rows under headings, in ASCII. On a terminal the widest columns are cut until a row fits; elsewhere nothing is cut.
 */
public final class Table {

    private static final int LEAST_WIDTH = 8;
    private static final String CUT = "..";
    private static final Map<String, Colour> COLOURS = Map.of(
            "OK", Colour.GREEN,
            "DONE", Colour.GREEN,
            "WARNING", Colour.YELLOW,
            "WAITING_FOR_WALS", Colour.YELLOW,
            "FAILED", Colour.RED,
            "MISSING", Colour.RED,
            "REFUSED", Colour.RED);

    private final List<String> headings = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Begins a table; a heading that begins with {@code >} makes a column of numbers. */
    public Table(String... headings) {
        for (String heading : headings) {
            right.add(heading.startsWith(">"));
            this.headings.add(heading.startsWith(">") ? heading.substring(1) : heading);
        }
    }

    /** Adds a row, one value per heading. */
    public void row(Object... values) {
        if (values.length != headings.size()) {
            throw new IllegalArgumentException("%d values for %d columns".formatted(values.length, headings.size()));
        }
        var row = new ArrayList<String>();
        for (Object value : values) {
            row.add(Text.oneLine(String.valueOf(value)));
        }
        rows.add(row);
    }

    /** Prints the table, or the remark to standard error if it has no rows. */
    public void print(Console console, String ifEmpty) {
        if (rows.isEmpty()) {
            console.note(ifEmpty);
            return;
        }
        int[] widths = widths();
        if (console.facts().outputIsTerminal()) {
            fit(widths, console.facts().columns());
        }
        PrintStream out = console.out();
        out.println(line(headings, widths, null));
        out.println(rule(widths));
        rows.forEach(row -> out.println(line(row, widths, console)));
    }

    private int[] widths() {
        int[] widths = new int[headings.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = length(headings.get(column));
            for (List<String> row : rows) {
                widths[column] = Math.max(widths[column], length(row.get(column)));
            }
        }
        return widths;
    }

    private static void fit(int[] widths, int columns) {
        int separators = 3 * (widths.length - 1);
        while (sum(widths) + separators > columns) {
            int widest = 0;
            for (int column = 1; column < widths.length; column++) {
                widest = widths[column] > widths[widest] ? column : widest;
            }
            if (widths[widest] <= LEAST_WIDTH) {
                return; // Too narrow for any table: better wrapped by the terminal than unreadable.
            }
            widths[widest]--;
        }
    }

    private static int sum(int[] widths) {
        int sum = 0;
        for (int width : widths) {
            sum += width;
        }
        return sum;
    }

    private String line(List<String> cells, int[] widths, @Nullable Console console) {
        var line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String text = cut(cells.get(column), widths[column]);
            String blanks = " ".repeat(widths[column] - length(text));
            Colour colour = COLOURS.get(text);
            String shown = colour == null || console == null ? text : console.coloured(colour, text);
            line.append(column == 0 ? "" : " | ");
            line.append(right.get(column) ? blanks + shown : shown + blanks);
        }
        return line.toString().stripTrailing();
    }

    private static String rule(int[] widths) {
        return Arrays.stream(widths).mapToObj("-"::repeat).collect(Collectors.joining("-+-"));
    }

    private static String cut(String text, int width) {
        return length(text) <= width ? text : text.substring(0, text.offsetByCodePoints(0, width - CUT.length())) + CUT;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
