package org.matriarch.core.server.internal;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts values for {@code %(name)s}, and % for {@code %%}, as Python's {@code configparser} does. */
final class Interpolation {

    private static final int DEPTH = 10;

    /** Longer than any value that means something; options that hold each other many times would fill the memory. */
    private static final int LONGEST = 1 << 16;

    private static final Pattern REFERENCE = Pattern.compile("%(?:(%)|\\(([^)]+)\\)s|(.?))", Pattern.DOTALL);

    private Interpolation() {}

    /**
     * Returns the text with all references resolved.
     *
     * @param values gives the raw value of an option; nothing if there is none
     * @throws IllegalArgumentException if a reference leads nowhere or in a circle, or a % is not part of one
     */
    static String resolve(String raw, Function<String, Optional<String>> values) {
        return resolve(raw, values, 1);
    }

    private static String resolve(String raw, Function<String, Optional<String>> values, int depth) {
        if (depth > DEPTH) {
            throw new IllegalArgumentException(
                    "refers to itself, or goes through more than %d options".formatted(DEPTH));
        }
        Matcher matcher = REFERENCE.matcher(raw);
        var resolved = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(replacement(matcher, values, depth)));
            if (resolved.length() > LONGEST) {
                throw new IllegalArgumentException("becomes longer than %d characters".formatted(LONGEST));
            }
        }
        return matcher.appendTail(resolved).toString();
    }

    private static String replacement(Matcher matcher, Function<String, Optional<String>> values, int depth) {
        if (matcher.group(1) != null) {
            return "%";
        }
        String name = matcher.group(2);
        if (name == null) {
            throw new IllegalArgumentException(
                    "has a % that neither refers to an option, as %(name)s does, nor is doubled");
        }
        String found = values.apply(name.toLowerCase(Locale.ROOT))
                .orElseThrow(
                        () -> new IllegalArgumentException("refers to %%(%s)s, which has no value".formatted(name)));
        return resolve(found, values, depth + 1);
    }
}
