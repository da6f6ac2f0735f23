package org.matriarch.core.repository.internal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

/**
 * A line of the WAL index, as Barman writes it: name, stored size, time in seconds, compression and encryption, separated
 * by tabs.
 *
 * @param micros when it was archived, in microseconds since 1970
 * @param encryption what Barman encrypted the file with; we never do
 */
record WalLine(
        WalFileName name, long storedBytes, long micros, Optional<String> compression, Optional<String> encryption) {

    private static final String NONE = "None";
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final int MICRO_DIGITS = 6;
    private static final int MOST_DIGITS = 12;

    static WalLine of(WalFileName name, long storedBytes, Instant archived, Optional<String> compression) {
        return new WalLine(
                name, storedBytes, ChronoUnit.MICROS.between(Instant.EPOCH, archived), compression, Optional.empty());
    }

    /**
     * Reads a line of four or five columns. Those of three, from Barman before 1.2, do not say how the file is compressed.
     *
     * @throws IllegalArgumentException if it is not such a line
     */
    static WalLine parse(String line) {
        // One character is split at without a pattern, which counts with a million lines.
        String stripped = line.strip();
        String[] columns = stripped.split("\t", -1);
        if (columns.length < 4) {
            columns = BLANKS.split(stripped, -1);
        }
        if (columns.length < 4 || columns.length > 5) {
            throw new IllegalArgumentException("'%s' is not a line of a WAL index".formatted(line));
        }
        return new WalLine(
                new WalFileName(columns[0]),
                Long.parseLong(columns[1]),
                micros(columns[2]),
                unlessNone(columns[3]),
                columns.length == 5 ? unlessNone(columns[4]) : Optional.empty());
    }

    private static long micros(String seconds) {
        int point = seconds.indexOf('.');
        int decimals = seconds.length() - point - 1;
        if (point > 0
                && decimals > 0
                && decimals <= MICRO_DIGITS
                && isDigits(seconds, 0, point)
                && isDigits(seconds, point + 1, seconds.length())) {
            long micros = Long.parseLong(seconds, 0, point, 10);
            for (int i = 1; i <= MICRO_DIGITS; i++) {
                micros = micros * 10 + (i <= decimals ? seconds.charAt(point + i) - '0' : 0);
            }
            return micros;
        }
        return new BigDecimal(seconds)
                .movePointRight(MICRO_DIGITS)
                .toBigInteger()
                .longValue();
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return to - from <= MOST_DIGITS;
    }

    /** Returns the line with its end. */
    String format() {
        return name + "\t" + storedBytes + "\t" + PythonTime.seconds(micros) + "\t" + compression.orElse(NONE) + "\t"
                + encryption.orElse(NONE) + "\n";
    }

    WalEntry toEntry() {
        return new WalEntry(name, storedBytes, Instant.EPOCH.plus(micros, ChronoUnit.MICROS), compression);
    }

    private static Optional<String> unlessNone(String column) {
        return column.equals(NONE) ? Optional.empty() : Optional.of(column);
    }
}
