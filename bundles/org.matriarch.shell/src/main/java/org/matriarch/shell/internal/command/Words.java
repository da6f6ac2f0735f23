package org.matriarch.shell.internal.command;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of one call of a command, sorted into arguments and options. */
public final class Words {

    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(\\p{Alpha}*)");

    private final CommandSpec spec;
    private final List<String> arguments;
    private final Map<String, List<String>> options;

    Words(CommandSpec spec, List<String> arguments, Map<String, List<String>> options) {
        this.spec = spec;
        this.arguments = List.copyOf(arguments);
        this.options = Map.copyOf(options);
    }

    /** Returns an argument by its position. */
    public String argument(int index) {
        return arguments.get(index);
    }

    /** Returns the arguments from a position on. */
    public List<String> argumentsFrom(int index) {
        return arguments.subList(index, arguments.size());
    }

    /** Returns whether a switch is given. */
    public boolean has(String option) {
        return options.containsKey(known(option));
    }

    /** Returns the value of an option. */
    public Optional<String> value(String option) {
        return values(option).stream().findFirst();
    }

    /** Returns the values of an option that may be repeated, in their order. */
    public List<String> values(String option) {
        return options.getOrDefault(known(option), List.of());
    }

    /** Returns the value of an option that takes a whole number. */
    public Optional<Integer> number(String option, int least, int most) {
        return value(option).map(text -> {
            long number = text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
            if (number >= least && number <= most) {
                return (int) number;
            }
            throw new UsageException(
                    "value '%s' of option '%s' is not a whole number from %d to %d"
                            .formatted(text, option, least, most),
                    "run %s --help to see what the option means.".formatted(spec.fullName()));
        });
    }

    /** Returns the value of an option that takes a time span: seconds, or a number with its unit. */
    public Optional<Duration> duration(String option) {
        return value(option).map(text -> {
            Matcher matcher = DURATION.matcher(text.strip());
            Optional<Duration> span =
                    matcher.matches() ? unit(matcher.group(2)).map(unit -> unit.multipliedBy(number(matcher))) : none();
            return span.orElseThrow(() -> new UsageException(
                    "value '%s' of option '%s' is not a time span".formatted(text, option),
                    "give seconds, or a number with its unit such as '5 MINUTES'."));
        });
    }

    /** Returns the value of an option that takes one of a few words. */
    public Optional<String> choice(String option, List<String> allowed) {
        return value(option).map(text -> {
            if (!allowed.contains(text)) {
                throw new UsageException(
                        "value '%s' of option '%s' is unknown".formatted(text, option),
                        "give one of %s.".formatted(String.join(", ", allowed)));
            }
            return text;
        });
    }

    /** Returns true or false for a switch and its opposite, and nothing if neither is given. */
    public Optional<Boolean> either(String yes, String no) {
        if (has(yes) && has(no)) {
            throw new UsageException(
                    "options '%s' and '%s' exclude each other".formatted(yes, no), "give one of them, or none.");
        }
        return has(yes) ? Optional.of(true) : has(no) ? Optional.of(false) : Optional.empty();
    }

    /** Returns whether the result is wanted as JSON. */
    public boolean json() {
        return choice("--format", List.of("console", "json")).orElse("console").equals("json");
    }

    private static long number(Matcher matcher) {
        return Long.parseLong(matcher.group(1));
    }

    private static Optional<Duration> none() {
        return Optional.empty();
    }

    private static Optional<Duration> unit(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "", "S", "SECOND", "SECONDS" -> Optional.of(Duration.ofSeconds(1));
            case "M", "MINUTE", "MINUTES" -> Optional.of(Duration.ofMinutes(1));
            case "H", "HOUR", "HOURS" -> Optional.of(Duration.ofHours(1));
            case "D", "DAY", "DAYS" -> Optional.of(Duration.ofDays(1));
            default -> Optional.empty();
        };
    }

    private String known(String option) {
        if (spec.options().stream().noneMatch(known -> known.name().equals(option))) {
            throw new IllegalArgumentException("%s has no option %s".formatted(spec.fullName(), option));
        }
        return option;
    }
}
