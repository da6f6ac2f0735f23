package org.matriarch.core.wal.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;

/** WAL that looks like PostgreSQL's to whoever reads headers only: segments of 1 MiB, the rest chance by position. */
final class SampleWal {

    static final long SEGMENT = 1L << 20;
    static final String SYSTEM_ID = "7300000000000000001";
    static final int MAGIC_16 = 0xD113;

    private SampleWal() {}

    static WalFileName name(int timeline, long segment) {
        return WalFileName.ofSegment(timeline, lsn(segment), SEGMENT);
    }

    static Lsn lsn(long segment) {
        return new Lsn(segment * SEGMENT);
    }

    /** Returns a whole segment. */
    static byte[] segment(int timeline, long number) {
        byte[] bytes = new byte[(int) SEGMENT];
        new Random(number * 1000 + timeline).nextBytes(bytes);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(0, (short) MAGIC_16)
                .putShort(2, (short) 2)
                .putInt(4, timeline)
                .putLong(8, number * SEGMENT)
                .putInt(16, 0)
                .putInt(20, 0)
                .putLong(24, Long.parseUnsignedLong(SYSTEM_ID))
                .putInt(32, (int) SEGMENT)
                .putInt(36, 8192);
        return bytes;
    }
}
