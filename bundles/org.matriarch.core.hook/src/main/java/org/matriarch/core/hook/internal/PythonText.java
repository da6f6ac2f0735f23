package org.matriarch.core.hook.internal;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Values as Python prints them, since that is what scripts written for Barman read. */
final class PythonText {

    private static final int MICROS_PER_SECOND = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final DateTimeFormatter WHOLE_SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT);

    private PythonText() {}

    /** Returns the seconds since 1970 as a float: at least one decimal, no zeros at the end. */
    static String seconds(Instant time) {
        String fraction = String.valueOf(MICROS_PER_SECOND + time.getNano() / NANOS_PER_MICRO);
        int end = fraction.length();
        while (end > 2 && fraction.charAt(end - 1) == '0') {
            end--;
        }
        return time.getEpochSecond() + "." + fraction.substring(1, end);
    }

    /** Returns a moment as PostgreSQL reads it. */
    static String time(Instant time) {
        OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
        return (utc.getNano() == 0 ? WHOLE_SECONDS : MICROSECONDS).format(utc);
    }

    /** Returns a JSON object of texts, numbers and {@code true}, in ASCII; nothing at all for an empty one. */
    static String json(SortedMap<String, Object> fields) {
        return fields.isEmpty()
                ? ""
                : fields.entrySet().stream()
                        .map(field -> "%s: %s".formatted(string(field.getKey()), value(field.getValue())))
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String value(Object value) {
        return value instanceof Boolean || value instanceof Integer ? value.toString() : string(value.toString());
    }

    private static String string(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
