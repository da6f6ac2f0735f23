package org.matriarch.shell.internal.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.shell.internal.command.UsageException;

/**
 * A moment as an operator types it.
 *
 * @param assumedZone the zone that was taken because none was given
 */
record TargetTime(Instant time, Optional<ZoneId> assumedZone) {

    private static final Pattern FORM = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})[T ]\\s*(\\d{2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,9})?)?)\\s*(\\S+)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{1,2})(?::?(\\d{2}))?");
    private static final DateTimeFormatter LOCAL = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm[:ss]")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);
    private static final String HINT =
            "write it as 2026-11-20T12:00:00Z, '2026-11-20 12:00:00+01:00' or '2026-11-20 12:00:00 Europe/Berlin'.";

    /** Reads a moment; without a zone it is one of {@code host}. A moment that can be two, or none, is refused. */
    static TargetTime parse(String text, ZoneId host) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new UsageException("'%s' is not a date with a time of day".formatted(text), HINT);
        }
        LocalDateTime local;
        try {
            local = LocalDateTime.parse(
                    matcher.group(1) + "T" + matcher.group(2).replace(',', '.'), LOCAL);
        } catch (DateTimeException e) {
            throw new UsageException("'%s' is not a date with a time of day".formatted(text), HINT, e);
        }
        Optional<String> zone = Optional.ofNullable(matcher.group(3));
        Instant time = instant(text, local, zone.map(name -> zone(text, name)).orElse(host));
        return new TargetTime(time, zone.isEmpty() ? Optional.of(host) : Optional.empty());
    }

    private static Instant instant(String text, LocalDateTime local, ZoneId zone) {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.size() == 1) {
            return local.toInstant(offsets.get(0));
        }
        throw new UsageException(
                offsets.isEmpty()
                        ? "'%s' does not exist in %s: the clock was put forward".formatted(text, zone)
                        : "'%s' is ambiguous in %s: the clock was put back".formatted(text, zone),
                "give the time with its offset, such as 2026-10-25T02:30:00+01:00.");
    }

    private static ZoneId zone(String text, String name) {
        Matcher offset = OFFSET.matcher(name);
        try {
            if (offset.matches()) {
                int sign = offset.group(1).equals("-") ? -1 : 1;
                int minutes = offset.group(3) == null ? 0 : Integer.parseInt(offset.group(3));
                return ZoneOffset.ofHoursMinutes(sign * Integer.parseInt(offset.group(2)), sign * minutes);
            }
            String upper = name.toUpperCase(Locale.ROOT);
            if (List.of("Z", "UTC", "GMT").contains(upper)) {
                return ZoneOffset.UTC;
            }
            if (name.contains("/")) {
                return ZoneId.of(name);
            }
        } catch (DateTimeException e) {
            throw new UsageException("zone '%s' of time '%s' is unknown".formatted(name, text), HINT, e);
        }
        // Letters such as CST or IST mean different zones to different people.
        throw new UsageException("zone '%s' of time '%s' is ambiguous or unknown".formatted(name, text), HINT);
    }
}
