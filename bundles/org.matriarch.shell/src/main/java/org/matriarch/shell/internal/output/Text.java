package org.matriarch.shell.internal.output;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How values are written for people. */
public final class Text {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]+");

    private Text() {}

    /** Returns a size as people read it, such as {@code 1.4 GiB}. */
    public static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        if (unit == 0) {
            return bytes + " B";
        }
        long tenths = Math.round(Math.abs(value) * 10); // a formatter is too slow for a table of a million rows
        return (bytes < 0 ? "-" : "") + tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
    }

    /** Returns a time in UTC to the second. */
    public static String time(Instant time) {
        LocalDateTime utc = LocalDateTime.ofEpochSecond(time.getEpochSecond(), 0, ZoneOffset.UTC);
        var text = new StringBuilder(utc.toLocalDate().toString()); // a formatter is too slow, as above
        appendTwoDigits(text.append('T'), utc.getHour());
        appendTwoDigits(text.append(':'), utc.getMinute());
        appendTwoDigits(text.append(':'), utc.getSecond());
        return text.append('Z').toString();
    }

    private static void appendTwoDigits(StringBuilder text, int number) {
        text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    /** Returns a time in UTC to the second, or a hyphen. */
    public static String time(Optional<Instant> time) {
        return time.map(Text::time).orElse("-");
    }

    /** Returns the text of a value, or a hyphen. */
    public static String of(Optional<?> value) {
        return value.map(String::valueOf).orElse("-");
    }

    /** Returns a time span as hours, minutes and seconds. */
    public static String span(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        return seconds >= 3600
                ? String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }

    /** Returns a number of things: {@code 1 file}, {@code 2 files}. */
    public static String count(long number, String thing) {
        return "%d %s%s".formatted(number, thing, number == 1 ? "" : "s");
    }

    /** Returns the text in lines no longer than the width, broken at blanks, and within a word only if that is longer. */
    public static List<String> wrap(String text, int width) {
        var lines = new ArrayList<String>();
        String rest = text;
        while (rest.codePointCount(0, rest.length()) > width) {
            int end = rest.offsetByCodePoints(0, width);
            int blank = rest.lastIndexOf(' ', end);
            int cut = blank > 0 ? blank : end;
            lines.add(rest.substring(0, cut).stripTrailing());
            rest = rest.substring(cut).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    /** Returns text that cannot move the cursor: control characters become blanks. */
    public static String oneLine(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return CONTROLS.matcher(text).replaceAll(" ").strip();
            }
        }
        return text.strip();
    }
}
