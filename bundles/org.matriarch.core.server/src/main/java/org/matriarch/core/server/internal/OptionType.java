package org.matriarch.core.server.internal;

import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.schedule.CronSchedule;

/**
 * How the text of an option becomes a value.
 *
 * @param allowed what may stand there, as it reads after "allowed is"
 * @param parser returns nothing for a text that is not allowed; never sees an empty one
 * @param fault what is wrong with such a text, where there is more to say than what is allowed; otherwise empty. Never sees one
 *     that is allowed
 */
record OptionType<T>(String allowed, Function<String, Optional<T>> parser, Function<String, String> fault) {

    OptionType(String allowed, Function<String, Optional<T>> parser) {
        this(allowed, parser, text -> "");
    }

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,63}");
    private static final Pattern INTERVAL = Pattern.compile("(\\d{1,9})\\s*([A-Za-z]+)");
    private static final Pattern AGE =
            Pattern.compile("([1-9]\\d{0,4})\\s*((?:HOUR|DAY|WEEK|MONTH)S?)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*(|[kKMGT]i?)");
    private static final Pattern REDUNDANCY =
            Pattern.compile("REDUNDANCY\\s+([1-9]\\d{0,4})", Pattern.CASE_INSENSITIVE);
    private static final Pattern WINDOW = Pattern.compile(
            "RECOVERY\\s+WINDOW\\s+OF\\s+([1-9]\\d{0,4})\\s+(DAYS?|WEEKS?|MONTHS?)", Pattern.CASE_INSENSITIVE);
    private static final List<String> LEVELS = List.of("low", "medium", "high");
    private static final List<String> TRUE = List.of("on", "true", "t", "yes", "1");
    private static final List<String> FALSE = List.of("off", "false", "f", "no", "0");

    /** Any text. */
    static OptionType<String> text(String allowed) {
        return new OptionType<>(allowed, Optional::of);
    }

    /** A switch, in any of the spellings that Barman takes. */
    static OptionType<Boolean> bool() {
        return new OptionType<>("on, off, true, false, yes, no, 1 or 0", text -> {
            String word = text.toLowerCase(Locale.ROOT);
            if (TRUE.contains(word)) {
                return Optional.of(true);
            }
            return FALSE.contains(word) ? Optional.of(false) : Optional.empty();
        });
    }

    /** A whole number within bounds. */
    static OptionType<Integer> integer(int minimum, int maximum) {
        String allowed = maximum == Integer.MAX_VALUE
                ? "a whole number, at least %d".formatted(minimum)
                : "a whole number from %d to %d".formatted(minimum, maximum);
        return new OptionType<>(allowed, text -> number(text).filter(value -> value >= minimum && value <= maximum));
    }

    /** 0, or a whole number within bounds. */
    static OptionType<Integer> zeroOr(int minimum, int maximum) {
        return new OptionType<>(
                "0 for no limit, or a whole number from %d to %d".formatted(minimum, maximum),
                text -> number(text).filter(value -> value == 0 || (value >= minimum && value <= maximum)));
    }

    /** A number on a scale that only a plugin knows, or a word that every plugin knows. */
    static OptionType<String> level() {
        return new OptionType<>("low, medium, high, or a whole number on the compressor's own scale", text -> {
            String word = text.toLowerCase(Locale.ROOT);
            return LEVELS.contains(word) ? Optional.of(word) : number(text).map(String::valueOf);
        });
    }

    /** A bare number of seconds, as Barman has it. */
    static OptionType<Duration> seconds(int minimum, int maximum) {
        OptionType<Integer> number = integer(minimum, maximum);
        return new OptionType<>(
                number.allowed() + " (seconds)",
                text -> number.parser().apply(text).map(Duration::ofSeconds));
    }

    /** A number with its unit. */
    static OptionType<Duration> interval() {
        return new OptionType<>("a number and SECONDS, MINUTES, HOURS, DAYS or WEEKS, such as '5 MINUTES'", text -> {
            Matcher matcher = INTERVAL.matcher(text);
            return matcher.matches()
                    ? unit(matcher.group(2)).map(unit -> unit.multipliedBy(Long.parseLong(matcher.group(1))))
                    : Optional.empty();
        });
    }

    /** How old something may be, as Barman has it: a month has 31 days. */
    static OptionType<Duration> age() {
        return new OptionType<>("a number and HOURS, DAYS, WEEKS or MONTHS, such as '7 DAYS'", text -> {
            Matcher matcher = AGE.matcher(text);
            return matcher.matches()
                    ? Optional.of(ageUnit(matcher.group(2)).multipliedBy(Long.parseLong(matcher.group(1))))
                    : Optional.empty();
        });
    }

    /** A number of bytes, with a unit of 1000 or, with an i, of 1024. */
    static OptionType<Long> size() {
        return new OptionType<>("a number and k, Ki, M, Mi, G, Gi, T or Ti, such as '10Gi'; bytes without", text -> {
            Matcher matcher = SIZE.matcher(text);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            int base = matcher.group(2).endsWith("i") ? 1024 : 1000;
            int power = " KMGT"
                    .indexOf((matcher.group(2) + " ").toUpperCase(Locale.ROOT).charAt(0));
            BigInteger bytes = new BigInteger(matcher.group(1))
                    .multiply(BigInteger.valueOf(base).pow(power));
            return bytes.bitLength() < Long.SIZE ? Optional.of(bytes.longValue()) : Optional.empty();
        });
    }

    /** A retention policy as Barman writes it. */
    static OptionType<RetentionPolicy> retentionPolicy() {
        return new OptionType<>(
                "'REDUNDANCY n', or 'RECOVERY WINDOW OF n' and DAYS, WEEKS or MONTHS, n from 1 to 99999", text -> {
                    Matcher redundancy = REDUNDANCY.matcher(text);
                    if (redundancy.matches()) {
                        return Optional.of(new RetentionPolicy.Redundancy(Integer.parseInt(redundancy.group(1))));
                    }
                    Matcher window = WINDOW.matcher(text);
                    return window.matches()
                            ? Optional.of(new RetentionPolicy.RecoveryWindow(
                                    Integer.parseInt(window.group(1)), windowUnit(window.group(2))))
                            : Optional.empty();
                });
    }

    /** A cron expression, or one of the words that stand for some. */
    static OptionType<CronSchedule> schedule() {
        return new OptionType<>(
                "minute, hour, day of month, month and day of week as cron has them, such as '0 3 * * *' or '30 1 * * MON-FRI';"
                        + " or @hourly, @daily, @weekly, @monthly or @yearly",
                text -> {
                    try {
                        return Optional.of(CronSchedule.parse(text));
                    } catch (IllegalArgumentException e) {
                        return Optional.empty();
                    }
                },
                OptionType::faultOfSchedule);
    }

    private static String faultOfSchedule(String text) {
        try {
            return CronSchedule.parse(text).toString();
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static Duration ageUnit(String word) {
        String unit = word.toUpperCase(Locale.ROOT);
        return unit.startsWith("MONTH") ? Duration.ofDays(31) : unit(unit).orElseThrow();
    }

    private static RetentionPolicy.Unit windowUnit(String word) {
        String unit = word.toUpperCase(Locale.ROOT);
        return RetentionPolicy.Unit.valueOf(unit.endsWith("S") ? unit : unit + "S");
    }

    /** The id of a plugin: which ones there are is known only when one is used. */
    static OptionType<String> id(String what) {
        return matching(ID, what + ": letters, digits, '_', '.' and '-'");
    }

    static OptionType<String> slotName() {
        return matching(SLOT, "up to 63 lower-case letters, digits and '_'");
    }

    static OptionType<String> applicationName() {
        return matching(PRINTABLE, "up to 63 printable ASCII characters");
    }

    static OptionType<Path> absolutePath() {
        return new OptionType<>("an absolute path", OptionType::path);
    }

    static OptionType<String> oneOf(String... words) {
        return new OptionType<>(
                String.join(" or ", words),
                text -> Optional.of(text.toLowerCase(Locale.ROOT)).filter(List.of(words)::contains));
    }

    /** Numbers by name, as in {@code one:100, two:0}. */
    static OptionType<Map<String, Integer>> limits() {
        return new OptionType<>(
                "pairs NAME:LIMIT with commas between them, each LIMIT a whole number, 0 for none", text -> {
                    var limits = new LinkedHashMap<String, Integer>();
                    for (String pair : text.split(",", -1)) {
                        int colon = pair.lastIndexOf(':');
                        Optional<Integer> limit =
                                number(pair.substring(colon + 1).strip());
                        String name = colon < 0 ? "" : pair.substring(0, colon).strip();
                        if (name.isEmpty()
                                || limit.isEmpty()
                                || limit.get() < 0
                                || limits.put(name, limit.get()) != null) {
                            return Optional.empty();
                        }
                    }
                    return Optional.of(limits);
                });
    }

    /** The same text, as something else; for texts that are allowed only. */
    <U> OptionType<U> map(Function<T, U> meaning) {
        return new OptionType<>(allowed, text -> parser.apply(text).map(meaning), fault);
    }

    /** Words of a list, in any order. */
    static OptionType<List<String>> listOf(String... words) {
        return new OptionType<>("a list of: " + String.join(", ", words), text -> {
            List<String> given = Arrays.stream(text.split(",", -1))
                    .map(word -> word.strip().toLowerCase(Locale.ROOT))
                    .toList();
            return List.of(words).containsAll(given) ? Optional.of(given) : Optional.empty();
        });
    }

    /** The same, with something that those want to know whose text is not allowed. */
    OptionType<T> but(String remark) {
        return new OptionType<>("%s (%s)".formatted(allowed, remark), parser, fault);
    }

    private static OptionType<String> matching(Pattern pattern, String allowed) {
        return new OptionType<>(
                allowed,
                text -> Optional.of(text).filter(value -> pattern.matcher(value).matches()));
    }

    private static Optional<Integer> number(String text) {
        try {
            return Optional.of(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> unit(String word) {
        String unit = word.toUpperCase(Locale.ROOT);
        return switch (unit.endsWith("S") ? unit : unit + "S") {
            case "SECONDS" -> Optional.of(Duration.ofSeconds(1));
            case "MINUTES" -> Optional.of(Duration.ofMinutes(1));
            case "HOURS" -> Optional.of(Duration.ofHours(1));
            case "DAYS" -> Optional.of(Duration.ofDays(1));
            case "WEEKS" -> Optional.of(Duration.ofDays(7));
            default -> Optional.empty();
        };
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(Path.of(text)).filter(Path::isAbsolute).map(Path::normalize);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }
}
