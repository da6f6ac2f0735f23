package org.matriarch.shell.internal.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/**
 * Rows under headings, in ASCII. Nothing is cut: on a terminal texts are wrapped until a row fits, and if it still does not,
 * each row takes several lines.
 */
public final class Table {

    private static final String SEPARATOR = " | ";

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
    private final List<Boolean> text = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Begins a table; a heading that begins with {@code >} makes a column of numbers, one that begins with {@code ~} a column
     * of text that may be wrapped.
     */
    public Table(String... headings) {
        for (String heading : headings) {
            right.add(heading.startsWith(">"));
            text.add(heading.startsWith("~"));
            this.headings.add(heading.replaceFirst("^[>~]", ""));
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
        TableLayout layout = console.facts().outputIsTerminal()
                ? TableLayout.fit(widths(), text, console.facts().columns())
                : TableLayout.wide(widths());
        print(console, layout, headings);
        for (int line = 0; line < layout.lines().size(); line++) {
            console.out()
                    .println(indent(line)
                            + layout.lines().get(line).stream()
                                    .map(column -> "-".repeat(layout.widths().get(column)))
                                    .collect(Collectors.joining("-+-")));
        }
        rows.forEach(row -> print(console, layout, row));
    }

    private void print(Console console, TableLayout layout, List<String> row) {
        for (int line = 0; line < layout.lines().size(); line++) {
            List<Integer> columns = layout.lines().get(line);
            if (!text.contains(true)) {
                printOnce(console, layout, line, row); // a million rows would feel what follows
                continue;
            }
            List<List<String>> cells = columns.stream()
                    .map(column -> text.get(column)
                            ? Text.wrap(row.get(column), layout.widths().get(column))
                            : List.of(row.get(column)))
                    .toList();
            int height = cells.stream().mapToInt(List::size).max().orElse(0);
            for (int piece = 0; piece < height; piece++) {
                var shown = new StringJoiner(SEPARATOR, indent(line), "");
                for (int index = 0; index < columns.size(); index++) {
                    List<String> cell = cells.get(index);
                    int column = columns.get(index);
                    shown.add(cell(console, column, piece < cell.size() ? cell.get(piece) : "", layout));
                }
                console.out().println(shown.toString().stripTrailing());
            }
        }
    }

    private void printOnce(Console console, TableLayout layout, int line, List<String> row) {
        var shown = new StringBuilder(indent(line));
        String separator = "";
        for (int column : layout.lines().get(line)) {
            shown.append(separator).append(cell(console, column, row.get(column), layout));
            separator = SEPARATOR;
        }
        console.out().println(shown.toString().stripTrailing());
    }

    private String cell(Console console, int column, String value, TableLayout layout) {
        String blanks = " ".repeat(Math.max(0, layout.widths().get(column) - length(value)));
        Colour colour = COLOURS.get(value);
        String shown = colour == null ? value : console.coloured(colour, value);
        return right.get(column) ? blanks + shown : shown + blanks;
    }

    private static String indent(int line) {
        return line == 0 ? "" : " ".repeat(TableLayout.INDENT);
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

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
