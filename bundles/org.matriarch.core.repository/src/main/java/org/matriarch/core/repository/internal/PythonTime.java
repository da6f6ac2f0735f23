package org.matriarch.core.repository.internal;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as Python prints a {@code datetime}: {@code 2026-11-20 11:30:30.180268+00:00}. Old ones lack the zone. */
final class PythonTime {

    private static final Pattern FORM = Pattern.compile(
            "(\\d{4}-\\d\\d-\\d\\d)[ T](\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?) ?(Z|[+-]\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?)?");
    private static final DateTimeFormatter WHOLE_SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT);
    /** What C's {@code ctime} gives, which the first versions of Barman wrote. */
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private static final int MICROS_PER_SECOND = 1_000_000;

    private PythonTime() {}

    static String format(Instant time, ZoneId zone) {
        ZonedDateTime local = time.truncatedTo(ChronoUnit.MICROS).atZone(zone);
        return (local.getNano() == 0 ? WHOLE_SECONDS : MICROSECONDS).format(local);
    }

    /**
     * Reads a time; one without a zone is meant in {@code zone}.
     *
     * @throws IllegalArgumentException if the text is not a time
     */
    static Instant parse(String text, ZoneId zone) {
        try {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                return LocalDateTime.parse(text, CTIME).atZone(zone).toInstant();
            }
            LocalDateTime local =
                    LocalDateTime.of(LocalDate.parse(matcher.group(1)), LocalTime.parse(matcher.group(2)));
            String offset = matcher.group(3);
            return offset == null ? local.atZone(zone).toInstant() : local.toInstant(ZoneOffset.of(offset));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is not a time".formatted(text), e);
        }
    }

    /** Returns a number of seconds as Python prints a float: at least one decimal, no zeros at the end. */
    static String seconds(long micros) {
        String fraction = String.valueOf(Math.floorMod(micros, MICROS_PER_SECOND) + MICROS_PER_SECOND);
        int end = fraction.length();
        while (end > 2 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return Math.floorDiv(micros, MICROS_PER_SECOND) + "." + fraction.substring(1, end);
    }
}
