package org.matriarch.notify.command.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Event.Severity;
import org.matriarch.spi.configuration.LastGood;
import org.matriarch.spi.transport.CommandWords;

/**
 * The configuration of a notifier in force, read from the raw properties: a value of the wrong type would otherwise end the
 * component before it could keep its last good one.
 *
 * @param servers to tell of; all if there is none
 */
record NotifierSettings(
        String id, List<String> program, Set<Event.Type> events, Set<String> servers, Duration timeout) {

    private static final List<String> KEYS =
            List.of("matriarch.notifier.id", "program", "events", "servers", "timeout");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern TIMEOUT = Pattern.compile("(\\d{1,3})\\s*SECONDS?", Pattern.CASE_INSENSITIVE);

    /** A program is ended before the notifier is interrupted. */
    private static final int MOST_SECONDS = 50;

    NotifierSettings {
        program = List.copyOf(program);
        events = Set.copyOf(events);
        servers = Set.copyOf(servers);
    }

    /** Reads and checks a configuration; a refusal names the key, the value and the reason. */
    static NotifierSettings of(Map<String, ?> properties) {
        LastGood.requireKnown("a command notifier", properties, KEYS);
        String id = text(properties, "matriarch.notifier.id");
        if (!ID.matcher(id).matches()) {
            throw refusal("matriarch.notifier.id", id, "must be made of letters, digits, '.', '_' and '-'");
        }
        return new NotifierSettings(
                id,
                program(text(properties, "program")),
                events(text(properties, "events")),
                Set.copyOf(list(text(properties, "servers"))),
                timeout(text(properties, "timeout")));
    }

    /** Returns whether somebody is to be told. */
    boolean concerns(Event event) {
        // What concerns no single server concerns them all.
        return events.contains(event.type())
                && (servers.isEmpty() || event.server().isEmpty() || servers.contains(event.server()));
    }

    private static List<String> program(String text) {
        if (text.isEmpty()) {
            throw refusal("program", text, "must be a program and its arguments");
        }
        try {
            return CommandWords.split(text);
        } catch (IllegalArgumentException e) {
            throw refusal("program", text, String.valueOf(e.getMessage()));
        }
    }

    private static Set<Event.Type> events(String text) {
        Set<Event.Type> offered = Arrays.stream(Event.Type.values())
                .filter(type -> type.severity() != Severity.ROUTINE)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Event.Type.class)));
        var events = EnumSet.noneOf(Event.Type.class);
        for (String word : list(text)) {
            String name = word.toUpperCase(Locale.ROOT);
            events.add(offered.stream()
                    .filter(type -> type.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> refusal("events", word, "must be among " + offered)));
        }
        return events.isEmpty() ? offered : events;
    }

    private static Duration timeout(String text) {
        Matcher matcher = TIMEOUT.matcher(text.isEmpty() ? "30 SECONDS" : text);
        int seconds = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw refusal("timeout", text, "must be from 1 to %d SECONDS".formatted(MOST_SECONDS));
        }
        return Duration.ofSeconds(seconds);
    }

    private static List<String> list(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static String text(Map<String, ?> properties, String key) {
        return Objects.toString(properties.get(key), "").strip();
    }

    private static MatriarchException refusal(String key, String value, String reason) {
        return new MatriarchException(
                ErrorCode.CONFIGURATION_INVALID,
                "'%s' of a command notifier is '%s', %s".formatted(key, value, reason),
                "correct '%s' in etc/org.matriarch.notify.command-<name>.cfg.".formatted(key));
    }
}
