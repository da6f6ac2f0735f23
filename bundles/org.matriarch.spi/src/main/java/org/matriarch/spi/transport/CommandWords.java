package org.matriarch.spi.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words of a command that a user has configured, as a shell reads them as far as words and quotes go; nothing is ever
 * executed or replaced.
 */
public final class CommandWords {

    private static final Pattern PART = Pattern.compile(
            "(?<space>\\s+)|'(?<single>[^']*)'|\"(?<double>(?:[^\"\\\\]|\\\\.)*)\"|(?<plain>(?:[^\\s'\"\\\\]|\\\\.)+)");

    private CommandWords() {}

    /**
     * Splits a command into words: spaces separate, quotes and backslashes protect. A command of spaces is one empty word.
     *
     * @throws IllegalArgumentException if a quote is not closed
     */
    public static List<String> split(String command) {
        var words = new ArrayList<String>();
        var word = new StringBuilder();
        Matcher part = PART.matcher(command.strip() + " ");
        int end = 0;
        while (part.find() && part.start() == end) {
            end = part.end();
            if (part.group("space") != null) {
                words.add(word.toString());
                word.setLength(0);
            } else if (part.group("single") != null) {
                word.append(part.group("single"));
            } else {
                String text = part.group("double") == null ? part.group("plain") : part.group("double");
                word.append(text.replaceAll("\\\\(.)", "$1"));
            }
        }
        if (end <= command.strip().length()) {
            throw new IllegalArgumentException("a quote in it is not closed");
        }
        return List.copyOf(words);
    }
}
