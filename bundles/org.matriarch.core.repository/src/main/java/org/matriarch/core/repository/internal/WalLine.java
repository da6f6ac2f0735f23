package org.matriarch.core.repository.internal;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
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
        String[] columns = line.strip().split("\\s+", -1);
        if (columns.length < 4 || columns.length > 5) {
            throw new IllegalArgumentException("'%s' is not a line of a WAL index".formatted(line));
        }
        long micros =
                new BigDecimal(columns[2]).movePointRight(6).toBigInteger().longValue();
        return new WalLine(
                new WalFileName(columns[0]),
                Long.parseLong(columns[1]),
                micros,
                unlessNone(columns[3]),
                columns.length == 5 ? unlessNone(columns[4]) : Optional.empty());
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
