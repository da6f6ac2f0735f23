package org.matriarch.api.model;

import java.util.Locale;

/**
 * A position in PostgreSQL's write-ahead log, in bytes since its beginning.
 *
 * <p>Source: PostgreSQL manual, chapter "pg_lsn Type". Ordered as unsigned 64-bit numbers.
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** The position before any WAL; PostgreSQL's InvalidXLogRecPtr. */
    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads a position as PostgreSQL prints it, such as {@code 16/B374D848}.
     *
     * @throws IllegalArgumentException if the text is not a position
     */
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
            throw new IllegalArgumentException("'%s' is not a WAL position such as 16/B374D848".formatted(text));
        }
        try {
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            if (high < 0 || low < 0) {
                throw new NumberFormatException("negative");
            }
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'%s' is not a WAL position such as 16/B374D848".formatted(text), e);
        }
    }

    /** Returns the position {@code bytes} further. */
    public Lsn plus(long bytes) {
        return new Lsn(value + bytes);
    }

    /** Returns how many bytes this position lies behind {@code earlier}; negative if it lies before it. */
    public long minus(Lsn earlier) {
        return value - earlier.value;
    }

    /** Returns the start of the segment that holds this position. */
    public Lsn segmentStart(long segmentSizeBytes) {
        return new Lsn(value & -segmentSizeBytes);
    }

    /** Returns whether this position lies before {@code other}. */
    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** Returns the position as PostgreSQL prints it. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%X/%X", value >>> 32, value & 0xffffffffL);
    }
}
