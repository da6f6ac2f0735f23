package org.matriarch.core.server.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.api.server.BarmanImportReport.Outcome;

/**
 * What becomes of one option of Barman's.
 *
 * @param value what is written under the same name; nothing if the option has no effect here
 * @param detail what there is to say; empty if that is nothing
 * @param fault why nothing can be done with the value, so that the server cannot be imported; empty if it can
 */
record BarmanTranslation(Outcome outcome, Optional<String> value, String detail, String fault) {

    private static final Map<String, String> COMPRESSIONS =
            Map.of("pigz", "gzip", "pygzip", "gzip", "pybzip2", "bzip2", "pbzip2", "bzip2");

    /** What a value may not hold: the container replaces it when it reads a file. */
    private static final Pattern REPLACED = Pattern.compile("\\$\\{|\\$\\[(env|prop|secret):");

    /** A variable of the shell that can do without braces. */
    private static final Pattern BRACES = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}(?![A-Za-z0-9_])");

    /** Options that do not go where servers' options go. */
    private static final Set<String> APART = Set.of(BarmanFiles.HOME, BarmanFiles.INCLUDES);

    /** Returns what becomes of an option with a value that is resolved; an empty one unsets the option. */
    static BarmanTranslation of(String key, String value) {
        Optional<Option<?>> option = Options.find(key);
        if (CompressorFiles.OPTIONS.contains(key)) {
            return nothing(
                    Outcome.TRANSLATED,
                    "goes into etc/%s if 'compression' is 'custom'".formatted(CompressorFiles.name("custom")));
        }
        if (option.isEmpty()) {
            return BarmanOptions.whyNot(key)
                    .map(BarmanTranslation::unsupported)
                    .orElseGet(() -> nothing(
                            Outcome.UNKNOWN,
                            "no option of Barman 3.17; the nearest is '%s'".formatted(BarmanOptions.nearest(key))));
        }
        return value.isEmpty() ? taken(option.get(), value) : translated(option.get(), value);
    }

    /** Returns whether an option says where everything is, so that there is no other for a server. */
    static boolean isApart(String key) {
        return APART.contains(key);
    }

    private static BarmanTranslation translated(Option<?> option, String value) {
        String word = value.toLowerCase(Locale.ROOT);
        return switch (option.name()) {
            case "backup_method" -> method(option, word);
            case "compression" -> compression(option, word);
            case "backup_options" -> withoutExclusive(option, value);
            default -> REPLACED.matcher(value).find() ? withoutBraces(option, value) : taken(option, value);
        };
    }

    private static BarmanTranslation method(Option<?> option, String word) {
        if (word.equals("postgres")) {
            return new BarmanTranslation(Outcome.TRANSLATED, Optional.of("streaming"), "streaming", "");
        }
        return Set.of("rsync", "streaming", "ssh").contains(word)
                ? taken(option, word)
                : refused("no transport does what Barman does by it; set backup_method to 'postgres' or 'rsync'");
    }

    private static BarmanTranslation compression(Option<?> option, String word) {
        String ours = COMPRESSIONS.get(word);
        if (ours != null) {
            return new BarmanTranslation(
                    Outcome.TRANSLATED, Optional.of(ours), "%s, which writes the same format".formatted(ours), "");
        }
        if (CompressorFiles.PROGRAMS.contains(word)) {
            return new BarmanTranslation(
                    Outcome.TRANSLATED,
                    Optional.of(word),
                    "%s, a program that etc/%s names".formatted(word, CompressorFiles.name(word)),
                    "");
        }
        if (word.equals("snappy")) {
            return new BarmanTranslation(
                    Outcome.NOT_SUPPORTED,
                    Optional.of("none"),
                    "no compressor for it comes along: new WAL is stored as it is, and WAL that Barman compressed so can"
                            + " be read when one is installed",
                    "");
        }
        return taken(option, word);
    }

    private static BarmanTranslation withoutExclusive(Option<?> option, String value) {
        List<String> words = Arrays.stream(value.split(",", -1))
                .map(word -> word.strip().toLowerCase(Locale.ROOT))
                .toList();
        if (!words.contains("exclusive_backup")) {
            return taken(option, value);
        }
        String others =
                words.stream().filter(word -> !word.equals("exclusive_backup")).collect(Collectors.joining(", "));
        String ours = others.isEmpty() ? "concurrent_backup" : others;
        return new BarmanTranslation(
                Outcome.TRANSLATED, Optional.of(ours), ours + "; every backup is a concurrent one", "");
    }

    private static BarmanTranslation withoutBraces(Option<?> option, String value) {
        String ours = BRACES.matcher(value).replaceAll("\\$$1");
        boolean hook = HookOptions.BY_HOOK.containsValue(option);
        return hook && !REPLACED.matcher(ours).find()
                ? new BarmanTranslation(Outcome.TRANSLATED, Optional.of(ours), ours, "")
                : refused(
                        "holds '${' or '$[', and the container replaces what follows when it reads a file; for a hook, put"
                                + " the command into a script");
    }

    private static BarmanTranslation taken(Option<?> option, String value) {
        return value.isEmpty() || same(option, value, option.defaultText())
                ? new BarmanTranslation(Outcome.DEFAULT, Optional.of(value), "", "")
                : new BarmanTranslation(Outcome.TAKEN_OVER, Optional.of(value), "", "");
    }

    /** Returns whether two texts mean the same. */
    static boolean same(Option<?> option, String one, String other) {
        return one.equals(other)
                || (option.allows(one)
                        && option.allows(other)
                        && option.parse(one).equals(option.parse(other)));
    }

    private static BarmanTranslation unsupported(String why) {
        return nothing(Outcome.NOT_SUPPORTED, why);
    }

    private static BarmanTranslation nothing(Outcome outcome, String detail) {
        return new BarmanTranslation(outcome, Optional.empty(), detail, "");
    }

    private static BarmanTranslation refused(String fault) {
        return new BarmanTranslation(Outcome.NOT_SUPPORTED, Optional.empty(), fault, fault);
    }
}
