package org.matriarch.core.server.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How the results of checks put numbers into words. */
final class Words {

    private static final List<String> BINARY = List.of("KiB", "MiB", "GiB", "TiB");

    private Words() {}

    /** Returns a duration by its two largest units, such as {@code 3 days 4 hours}; what is not past counts as 0. */
    static String age(Duration age) {
        Duration past = age.isNegative() ? Duration.ZERO : age;
        var parts = new ArrayList<String>();
        add(parts, past.toDays(), "day");
        add(parts, past.toHoursPart(), "hour");
        add(parts, past.toMinutesPart(), "minute");
        add(parts, past.toSecondsPart(), "second");
        return parts.isEmpty() ? "0 seconds" : String.join(" ", parts.subList(0, Math.min(2, parts.size())));
    }

    /** Returns a size in the unit that leaves the number below 1024. */
    static String size(long bytes) {
        if (bytes < 1024) {
            return count(bytes, "byte");
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < BINARY.size() - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, BINARY.get(unit));
    }

    static String count(long number, String noun) {
        return "%d %s%s".formatted(number, noun, number == 1 ? "" : "s");
    }

    private static void add(List<String> parts, long number, String noun) {
        if (number > 0) {
            parts.add(count(number, noun));
        }
    }
}
