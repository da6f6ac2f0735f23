package org.matriarch.api.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The moments that a cron expression means: minute, hour, day of month, month and day of week.
 *
 * <p>Each field is {@code *}, a number, a range, one of both with a step ({@code *}{@code /15}, {@code 9-17/2}), or a list of these. Months
 * and days of the week have names; 0 and 7 are Sunday. Of the two fields of days, where neither begins with {@code *}, one that
 * matches is enough.
 *
 * <p>Where the clock is changed for summer: a schedule for certain hours comes once at each of its times. One that is skipped
 * comes as soon as the clock has been put forward, one that there is twice comes the first time. A schedule for every hour
 * keeps its pace.
 *
 * <p>Immutable. Two are equal if their texts are.
 */
public final class CronSchedule {

    private static final Map<String, String> ALIASES = Map.of(
            "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *",
            "@weekly", "0 0 * * 0",
            "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");

    private static final int HOURS_OF_A_DAY = 24;

    private final String text;
    private final CronField minutes;
    private final CronField hours;
    private final CronField daysOfMonth;
    private final CronField months;
    private final CronField daysOfWeek;

    private CronSchedule(String text, List<CronField> fields) {
        this.text = text;
        this.minutes = fields.get(0);
        this.hours = fields.get(1);
        this.daysOfMonth = fields.get(2);
        this.months = fields.get(3);
        this.daysOfWeek = fields.get(4);
    }

    /**
     * Reads five fields, or one of {@code @hourly}, {@code @daily}, {@code @midnight}, {@code @weekly}, {@code @monthly},
     * {@code @yearly} and {@code @annually}.
     *
     * @throws IllegalArgumentException saying what is wrong, also of a schedule that never comes; lower case, no full stop
     */
    public static CronSchedule parse(String text) {
        String stripped = text.strip();
        String expanded = ALIASES.getOrDefault(stripped.toLowerCase(Locale.ROOT), stripped);
        if (expanded.startsWith("@")) {
            throw new IllegalArgumentException("there is no '%s'".formatted(stripped));
        }
        String[] words = expanded.split("\\s+", -1);
        CronField.Kind[] kinds = CronField.Kind.values();
        if (words.length != kinds.length) {
            throw new IllegalArgumentException("it has not five fields");
        }
        List<CronField> fields = IntStream.range(0, kinds.length)
                .mapToObj(i -> CronField.parse(kinds[i], words[i]))
                .toList();
        CronSchedule schedule = new CronSchedule(stripped, fields);
        schedule.requireThatItComes();
        return schedule;
    }

    /** Returns the first moment after another. */
    public Instant next(Instant after, ZoneId zone) {
        return hours.values().cardinality() == HOURS_OF_A_DAY ? nextByPace(after, zone) : nextByClock(after, zone);
    }

    /** Returns the text that it was read from. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CronSchedule schedule && schedule.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Looks for times on the face of the clock, each of which is one moment. */
    private Instant nextByClock(Instant after, ZoneId zone) {
        LocalDateTime time = firstMatch(minuteAfter(after, zone));
        // While a clock that was put back shows times for the second time, those still lie in the past.
        while (!moment(time, zone).isAfter(after)) {
            time = firstMatch(time.plusMinutes(1));
        }
        return moment(time, zone);
    }

    /** Goes on as time does; where a clock is changed, it looks at it again. */
    private Instant nextByPace(Instant after, ZoneId zone) {
        LocalDateTime time = minuteAfter(after, zone);
        Instant moment = after.plus(Duration.between(after.atZone(zone).toLocalDateTime(), time));
        while (true) {
            Instant match = moment.plus(Duration.between(time, firstMatch(time)));
            Optional<Instant> change = changeAfter(moment, zone);
            if (change.isEmpty() || match.isBefore(change.get())) {
                return match;
            }
            moment = change.get();
            time = moment.atZone(zone).toLocalDateTime();
        }
    }

    private static Optional<Instant> changeAfter(Instant moment, ZoneId zone) {
        return Optional.ofNullable(zone.getRules().nextTransition(moment)).map(ZoneOffsetTransition::getInstant);
    }

    private static LocalDateTime minuteAfter(Instant moment, ZoneId zone) {
        return moment.atZone(zone)
                .toLocalDateTime()
                .truncatedTo(ChronoUnit.MINUTES)
                .plusMinutes(1);
    }

    private static Instant moment(LocalDateTime time, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().getTransition(time);
        return change != null && change.isGap()
                ? change.getInstant()
                : time.atZone(zone).toInstant();
    }

    private LocalDateTime firstMatch(LocalDateTime from) {
        LocalDate day = from.toLocalDate();
        LocalTime earliest = from.toLocalTime();
        while (true) {
            if (!months.matches(day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
            } else {
                Optional<LocalTime> time = matches(day) ? firstMatch(earliest) : Optional.empty();
                if (time.isPresent()) {
                    return day.atTime(time.get());
                }
                day = day.plusDays(1);
            }
            earliest = LocalTime.MIDNIGHT;
        }
    }

    private Optional<LocalTime> firstMatch(LocalTime from) {
        for (int hour = from.getHour(); hour < HOURS_OF_A_DAY; hour++) {
            int minute = minutes.values().nextSetBit(hour == from.getHour() ? from.getMinute() : 0);
            if (hours.matches(hour) && minute >= 0) {
                return Optional.of(LocalTime.of(hour, minute));
            }
        }
        return Optional.empty();
    }

    private boolean matches(LocalDate day) {
        boolean ofMonth = daysOfMonth.matches(day.getDayOfMonth());
        boolean ofWeek = daysOfWeek.matches(day.getDayOfWeek().getValue() % 7);
        return oneDayIsEnough() ? ofMonth || ofWeek : ofMonth && ofWeek;
    }

    private boolean oneDayIsEnough() {
        return !daysOfMonth.open() && !daysOfWeek.open();
    }

    /** Within 400 years each date falls on each day of the week, so only a date that no month has never comes. */
    private void requireThatItComes() {
        int day = daysOfMonth.values().nextSetBit(0);
        boolean comes = oneDayIsEnough()
                || months.values().stream()
                        .anyMatch(month -> day <= Month.of(month).maxLength());
        if (!comes) {
            String names = months.values().stream()
                    .mapToObj(CronField.Kind.MONTH::nameOf)
                    .collect(Collectors.joining(", "));
            throw new IllegalArgumentException("it never comes: there is no day %d in %s".formatted(day, names));
        }
    }
}
