package org.matriarch.compression.command.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.compression.Compressor.Effort;
import org.matriarch.spi.configuration.LastGood;

/**
 * The configuration of a program in force.
 *
 * <p>It is read from the raw properties: a value of the wrong type would otherwise end the component before it could keep
 * its last good one.
 *
 * @param magic hexadecimal digits
 * @param levels what the words for a level mean, as far as they mean something else than the default
 * @param timeout how long the program may neither take nor give a byte
 */
record CommandSettings(
        String id,
        List<String> compress,
        List<String> decompress,
        String magic,
        OptionalInt defaultLevel,
        Map<Effort, Integer> levels,
        Duration timeout) {

    static final String LEVEL = "{level}";

    private static final List<String> KEYS = List.of(
            "matriarch.compressor.id",
            "compress",
            "decompress",
            "magic",
            "default_level",
            "low_level",
            "medium_level",
            "high_level",
            "timeout_seconds");

    private static final int DEFAULT_TIMEOUT_SECONDS = 60;
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern MAGIC = Pattern.compile("([0-9a-f]{2}){2,16}");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern WORD = Pattern.compile("\\s*(?:'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+))(?=\\s|$)");

    /** What only a shell understands, standing by itself. */
    private static final Pattern SHELL = Pattern.compile("\\||\\|\\||&|&&|;|\\d?[<>].*");

    CommandSettings {
        compress = List.copyOf(compress);
        decompress = List.copyOf(decompress);
        levels = Map.copyOf(levels);
    }

    /** Reads and checks a configuration; a refusal names the key, the value and the reason. */
    static CommandSettings of(Map<String, ?> properties) {
        LastGood.requireKnown("a command compressor", properties, KEYS);
        String id = text(properties, "matriarch.compressor.id");
        if (!ID.matcher(id).matches() || id.equals("none")) {
            throw refusal("matriarch.compressor.id", id, "must be made of letters, digits, '.', '_' and '-'");
        }
        String magic = text(properties, "magic");
        if (!MAGIC.matcher(magic).matches()) {
            throw refusal("magic", magic, "must be 2 to 16 bytes in hexadecimal digits, such as 1f8b08");
        }
        List<String> compress = words("compress", text(properties, "compress"));
        String level = text(properties, "default_level");
        if (level.isEmpty() == takesLevel(compress)) {
            throw refusal("default_level", level, "must be there if, and only if, 'compress' has {level}");
        }
        int timeout = number(properties, "timeout_seconds", DEFAULT_TIMEOUT_SECONDS);
        if (timeout < 1 || timeout > 86_400) {
            throw refusal("timeout_seconds", Integer.toString(timeout), "must be from 1 to 86400");
        }
        return new CommandSettings(
                id,
                compress,
                words("decompress", text(properties, "decompress")),
                magic,
                level.isEmpty() ? OptionalInt.empty() : OptionalInt.of(number(properties, "default_level", 0)),
                levels(properties, takesLevel(compress)),
                Duration.ofSeconds(timeout));
    }

    private static Map<Effort, Integer> levels(Map<String, ?> properties, boolean taken) {
        var levels = new EnumMap<Effort, Integer>(Effort.class);
        for (Effort effort : Effort.values()) {
            String key = effort.name().toLowerCase(Locale.ROOT) + "_level";
            String text = text(properties, key);
            if (!text.isEmpty() && !taken) {
                throw refusal(key, text, "can be there only if 'compress' has {level}");
            }
            if (!text.isEmpty()) {
                levels.put(effort, number(properties, key, 0));
            }
        }
        return levels;
    }

    /** Returns what a word means; empty for the default. */
    OptionalInt level(Effort effort) {
        Integer level = levels.get(effort);
        return level == null ? OptionalInt.empty() : OptionalInt.of(level);
    }

    /** Returns the command that compresses at a level; a program that takes none is given none. */
    List<String> compressAt(OptionalInt level) {
        if (level.isPresent() && !takesLevel(compress)) {
            throw new IllegalArgumentException(
                    "level %d: the command of '%s' has no {level}".formatted(level.getAsInt(), id));
        }
        String chosen = Integer.toString(level.orElse(defaultLevel.orElse(0)));
        return compress.stream().map(word -> word.replace(LEVEL, chosen)).toList();
    }

    private static boolean takesLevel(List<String> command) {
        return command.stream().anyMatch(word -> word.contains(LEVEL));
    }

    private static List<String> words(String key, String text) {
        var words = new ArrayList<String>();
        Matcher matcher = WORD.matcher(text);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            end = matcher.end();
            String plain = matcher.group(3);
            if (plain != null && SHELL.matcher(plain).matches()) {
                throw refusal(key, text, "is run without a shell: put what needs one into a script");
            }
            words.add(plain != null ? plain : Objects.requireNonNullElse(matcher.group(1), matcher.group(2)));
        }
        if (words.isEmpty() || end < text.length()) {
            throw refusal(key, text, "must be a program and its arguments, with quotes that are closed");
        }
        return words;
    }

    private static int number(Map<String, ?> properties, String key, int otherwise) {
        String text = text(properties, key);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw refusal(key, text, "must be a whole number");
        }
        return Integer.parseInt(text);
    }

    private static String text(Map<String, ?> properties, String key) {
        return Objects.toString(properties.get(key), "").strip();
    }

    private static MatriarchException refusal(String key, String value, String reason) {
        return new MatriarchException(
                ErrorCode.CONFIGURATION_INVALID,
                "'%s' of a command compressor is '%s', %s".formatted(key, value, reason),
                "correct '%s' in etc/org.matriarch.compression.command-<name>.cfg.".formatted(key));
    }
}
