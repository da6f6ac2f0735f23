package org.matriarch.http.internal.shell;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.console.Command;

/** What there is to be called. */
final class CommandHelp {

    private CommandHelp() {}

    /**
     * Prints the commands, one per line.
     *
     * @param columns where descriptions are wrapped; 0 for nowhere
     */
    static void print(PrintStream out, List<Command> commands, int columns) {
        out.print("usage: matriarch COMMAND [ARGUMENT | OPTION]...\n\n");
        int width = commands.stream()
                .mapToInt(command -> name(command).length())
                .max()
                .orElse(0);
        commands.stream()
                .sorted(Comparator.comparing(CommandHelp::name))
                .map(command -> {
                    String name = name(command);
                    return entry(name + " ".repeat(width - name.length()), command.getDescription(), columns);
                })
                .distinct()
                .forEach(out::print);
        out.print("\nRun matriarch COMMAND --help for its options, examples and exit codes.\n");
        out.flush();
    }

    static String entry(String name, String description, int columns) {
        var text = new StringBuilder("  ").append(name).append(' ');
        int begin = name.length() + 4;
        int column = begin - 1;
        for (String word : description.split(" ", -1)) {
            if (columns > 0 && column + 1 + word.length() > columns && column >= begin) {
                text.append('\n').append(" ".repeat(begin - 1));
                column = begin - 1;
            }
            text.append(' ').append(word);
            column += 1 + word.length();
        }
        return text.append('\n').toString();
    }

    private static String name(Command command) {
        return command.getScope() + ":" + command.getName();
    }

    static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ");
    }

    /** Returns the name that is fewest keystrokes away, if that is near enough to be meant. */
    static Optional<String> nearest(String word, Collection<String> known) {
        int reach = Math.max(2, word.length() / 3);
        if (word.length() > 100) {
            return Optional.empty();
        }
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= reach)
                .min(Comparator.comparingInt((String candidate) -> distance(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[to.length()];
    }
}
