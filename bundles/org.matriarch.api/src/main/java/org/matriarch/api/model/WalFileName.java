package org.matriarch.api.model;

import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a file of the WAL archive: a segment, a partial segment, a timeline history or a backup label.
 *
 * <p>Source: PostgreSQL manual, chapter "WAL Internals", and {@code xlog_internal.h}: eight hexadecimal digits of
 * timeline, eight of log, eight of segment. Ordered by name, which is the order of the log within a timeline.
 */
public record WalFileName(String value) implements Comparable<WalFileName> {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int SEGMENT_LENGTH = 24;
    private static final int TIMELINE_LENGTH = 8;
    private static final Pattern BACKUP_LABEL = Pattern.compile("[0-9A-F]{24}\\.[0-9A-F]{8}\\.backup");

    /** What a name stands for. */
    public enum Kind {
        /** A whole segment. */
        SEGMENT,
        /** The last segment of a timeline, or one that is still being received. */
        PARTIAL,
        /** Where a timeline branched off its parents. */
        HISTORY,
        /** The start and end of a base backup, as PostgreSQL archives it. */
        BACKUP_LABEL
    }

    /** Refuses what is no name of a WAL file. */
    public WalFileName {
        if (kindOf(value).isEmpty()) {
            throw new IllegalArgumentException("'%s' is not the name of a WAL file".formatted(value));
        }
    }

    /** Returns the name, or nothing if the text is none. */
    public static Optional<WalFileName> find(String text) {
        return kindOf(text).map(kind -> new WalFileName(text));
    }

    /** Returns the name of the segment that holds {@code position} on a timeline. */
    public static WalFileName ofSegment(int timeline, Lsn position, long segmentSizeBytes) {
        long segment = Long.divideUnsigned(position.value(), segmentSizeBytes);
        long segmentsPerLog = 0x1_0000_0000L / segmentSizeBytes;
        return new WalFileName(HEX.toHexDigits(timeline)
                + HEX.toHexDigits((int) (segment / segmentsPerLog))
                + HEX.toHexDigits((int) (segment % segmentsPerLog)));
    }

    /** Returns the name of a timeline's history file. */
    public static WalFileName ofHistory(int timeline) {
        return new WalFileName(HEX.toHexDigits(timeline) + ".history");
    }

    /** Returns what this name stands for. */
    public Kind kind() {
        return kindOf(value).orElseThrow();
    }

    /** Returns whether this names a whole segment. */
    public boolean isSegment() {
        return kind() == Kind.SEGMENT;
    }

    /** Returns the timeline that the name begins with. */
    public int timeline() {
        return Integer.parseUnsignedInt(value, 0, 8, 16);
    }

    /** Returns the segment that a partial segment or a backup label belongs to; a segment itself. */
    public WalFileName segment() {
        if (kind() == Kind.HISTORY) {
            throw new IllegalStateException("'%s' belongs to no segment".formatted(value));
        }
        return new WalFileName(value.substring(0, 24));
    }

    /** Returns where the segment begins. */
    public Lsn startLsn(long segmentSizeBytes) {
        WalFileName segment = segment();
        long log = Long.parseLong(segment.value, 8, 16, 16);
        long number = Long.parseLong(segment.value, 16, 24, 16);
        return new Lsn((log << 32) + number * segmentSizeBytes);
    }

    /** Returns where the segment ends, which is where the next one begins. */
    public Lsn endLsn(long segmentSizeBytes) {
        return startLsn(segmentSizeBytes).plus(segmentSizeBytes);
    }

    /** Returns the segment that follows on the same timeline. */
    public WalFileName next(long segmentSizeBytes) {
        return ofSegment(timeline(), endLsn(segmentSizeBytes), segmentSizeBytes);
    }

    /** Returns the name of this segment while it is being received. */
    public WalFileName partial() {
        return new WalFileName(segment().value + ".partial");
    }

    @Override
    public int compareTo(WalFileName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    /** Without a pattern for what an archive holds by the million. */
    private static Optional<Kind> kindOf(String text) {
        int digits = hexDigits(text);
        if (digits == SEGMENT_LENGTH && text.length() == SEGMENT_LENGTH) {
            return Optional.of(Kind.SEGMENT);
        }
        if (digits == TIMELINE_LENGTH && text.substring(digits).equals(".history")) {
            return Optional.of(Kind.HISTORY);
        }
        if (digits == SEGMENT_LENGTH && text.substring(digits).equals(".partial")) {
            return Optional.of(Kind.PARTIAL);
        }
        return BACKUP_LABEL.matcher(text).matches() ? Optional.of(Kind.BACKUP_LABEL) : Optional.empty();
    }

    /** Returns how many upper-case hexadecimal digits the text begins with. */
    private static int hexDigits(String text) {
        int count = 0;
        while (count < text.length() && isHexDigit(text.charAt(count))) {
            count++;
        }
        return count;
    }

    private static boolean isHexDigit(char digit) {
        return (digit >= '0' && digit <= '9') || (digit >= 'A' && digit <= 'F');
    }
}
