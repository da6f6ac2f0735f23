package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;

/**
 * The header that every WAL segment begins with.
 *
 * <p>Source: PostgreSQL {@code xlog_internal.h}, {@code XLogLongPageHeaderData}: magic (2 bytes), flags (2), timeline (4),
 * page address (8), rest of a record from the page before (4, padded to 8), system identifier (8), segment size (4), page
 * size (4), in the byte order of the server.
 *
 * @param major major version of PostgreSQL that the magic number stands for
 * @param systemId decimal, as everywhere
 */
record WalHeader(int major, int timeline, Lsn pageAddress, String systemId, long segmentSizeBytes) {

    /** Number of bytes that {@link #parse} needs. */
    static final int LENGTH = 40;

    private static final Map<Integer, Integer> MAJOR_BY_MAGIC =
            Map.of(0xD106, 13, 0xD10D, 14, 0xD110, 15, 0xD113, 16, 0xD116, 17, 0xD118, 18);

    private static final int LONG_HEADER = 0x0002;
    private static final int ALL_FLAGS = 0x000F;
    private static final long LEAST_SEGMENT = 1L << 20;
    private static final long LARGEST_SEGMENT = 1L << 30;

    /** Reads the header of a segment. Empty if the bytes are not one of a supported version. */
    static Optional<WalHeader> parse(byte[] bytes) {
        if (bytes.length < LENGTH) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (!MAJOR_BY_MAGIC.containsKey(Short.toUnsignedInt(buffer.getShort(0)))) {
            buffer.order(ByteOrder.BIG_ENDIAN);
        }
        Integer major = MAJOR_BY_MAGIC.get(Short.toUnsignedInt(buffer.getShort(0)));
        int flags = Short.toUnsignedInt(buffer.getShort(2));
        long segmentSize = Integer.toUnsignedLong(buffer.getInt(32));
        if (major == null || (flags & LONG_HEADER) == 0 || (flags & ~ALL_FLAGS) != 0 || !isSegmentSize(segmentSize)) {
            return Optional.empty();
        }
        return Optional.of(new WalHeader(
                major,
                buffer.getInt(4),
                new Lsn(buffer.getLong(8)),
                Long.toUnsignedString(buffer.getLong(24)),
                segmentSize));
    }

    /** Reads the header from where a stream stands. */
    static Optional<WalHeader> read(InputStream in) throws IOException {
        return parse(in.readNBytes(LENGTH));
    }

    /** Returns whether PostgreSQL can have segments of that size. */
    static boolean isSegmentSize(long bytes) {
        return bytes >= LEAST_SEGMENT && bytes <= LARGEST_SEGMENT && Long.bitCount(bytes) == 1;
    }

    /**
     * Returns why a file with this header cannot be the segment of that name; empty if it can.
     *
     * @param owner whose data the repository holds, if that is known
     */
    Optional<String> mismatch(WalFileName name, long fileSizeBytes, Optional<RepositoryIdentity> owner) {
        if (fileSizeBytes != segmentSizeBytes) {
            return Optional.of("it has %d bytes, its header says %d".formatted(fileSizeBytes, segmentSizeBytes));
        }
        if (!pageAddress.equals(name.startLsn(segmentSizeBytes))) {
            return Optional.of(
                    "its header says position %s, its name %s".formatted(pageAddress, name.startLsn(segmentSizeBytes)));
        }
        // A segment that was begun before a promotion and copied to the new timeline keeps the old one in its header.
        if (Integer.compareUnsigned(timeline, name.timeline()) > 0) {
            return Optional.of("its header says timeline %d, its name %d".formatted(timeline, name.timeline()));
        }
        return owner.flatMap(this::mismatch);
    }

    private Optional<String> mismatch(RepositoryIdentity owner) {
        if (!owner.systemId().equals(systemId)) {
            return Optional.of("it belongs to system %s, the repository to %s".formatted(systemId, owner.systemId()));
        }
        return owner.majorVersion() == major
                ? Optional.empty()
                : Optional.of("it was written by PostgreSQL %d, the repository is of PostgreSQL %d"
                        .formatted(major, owner.majorVersion()));
    }
}
