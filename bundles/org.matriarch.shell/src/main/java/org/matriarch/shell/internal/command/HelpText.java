package org.matriarch.shell.internal.command;

import java.util.ArrayList;
import java.util.List;

/** What {@code --help} prints. */
final class HelpText {

    private static final int LEAST_WIDTH = 50;
    private static final int TEXT_COLUMN = 8;

    private final CommandSpec spec;
    private final int width;
    private final List<String> lines = new ArrayList<>();

    private HelpText(CommandSpec spec, int width) {
        this.spec = spec;
        this.width = Math.max(LEAST_WIDTH, width);
    }

    /** Returns the help of a command, in lines no wider than the terminal. */
    static List<String> of(CommandSpec spec, int width) {
        var text = new HelpText(spec, width);
        text.write();
        return text.lines;
    }

    private void write() {
        wrap(2, spec.fullName() + ": " + spec.description());
        section("USAGE");
        wrap(4, "    " + usage());
        if (!spec.arguments().isEmpty()) {
            section("ARGUMENTS");
            spec.arguments().forEach(argument -> entry(argument.name(), argument.description()));
        }
        section("OPTIONS");
        for (Option option : spec.options()) {
            String repeat = option.repeatable() ? "; may be repeated" : "";
            entry((option.name() + " " + option.value()).strip(), option.description() + repeat);
        }
        section("EXAMPLES");
        spec.examples().forEach(example -> lines.add("    " + example)); // to be pasted, so never wrapped
        section("ROLE");
        wrap(4, "    " + spec.role().word() + (spec.exception().isEmpty() ? "" : "; " + spec.exception()));
        section("EXIT CODES");
        spec.exitCodes().forEach((code, meaning) -> wrap(9, "    %-3d  %s".formatted(code, meaning)));
    }

    private String usage() {
        var text = new StringBuilder(spec.fullName()).append(" [options]");
        for (Argument argument : spec.arguments()) {
            String name = argument.name() + (argument.many() ? "..." : "");
            text.append(' ').append(argument.required() ? name : "[" + name + "]");
        }
        return text.toString();
    }

    private void section(String title) {
        lines.add("");
        lines.add(title);
    }

    private void entry(String term, String text) {
        lines.add("    " + term);
        wrap(TEXT_COLUMN, " ".repeat(TEXT_COLUMN) + text);
    }

    private void wrap(int indent, String text) {
        String rest = text;
        while (rest.length() > width) {
            int cut = rest.lastIndexOf(' ', width);
            if (rest.substring(0, Math.max(cut, 0)).isBlank()) {
                break;
            }
            lines.add(rest.substring(0, cut));
            rest = " ".repeat(indent) + rest.substring(cut + 1).strip();
        }
        lines.add(rest);
    }
}
