package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.matriarch.api.model.WalFileName;

/** Compares WAL files. */
final class Contents {

    private static final int BUFFER_BYTES = 1 << 16;

    private Contents() {}

    /**
     * Returns whether two files of one name hold the same.
     *
     * <p>Of two incomplete segments, one may end earlier: what follows in it is zeros. PostgreSQL archives the last segment of
     * a timeline with whatever the recycled file held behind the end, the receiver fills it up with zeros; neither is read.
     */
    static boolean same(WalFileName name, InputStream one, InputStream other) throws IOException {
        byte[] left = new byte[BUFFER_BYTES];
        byte[] right = new byte[BUFFER_BYTES];
        while (true) {
            int lefts = one.readNBytes(left, 0, BUFFER_BYTES);
            int rights = other.readNBytes(right, 0, BUFFER_BYTES);
            int differ = Arrays.mismatch(left, 0, lefts, right, 0, rights);
            if (differ >= 0) {
                return name.kind() == WalFileName.Kind.PARTIAL
                        && lefts == rights
                        && (isZero(left, differ, lefts, one) || isZero(right, differ, rights, other));
            }
            if (lefts < BUFFER_BYTES) {
                return true;
            }
        }
    }

    /** Returns whether there is nothing but zeros in the rest of a stream. */
    static boolean isZero(InputStream rest) throws IOException {
        return isZero(new byte[BUFFER_BYTES], 0, 0, rest);
    }

    private static boolean isZero(byte[] bytes, int from, int to, InputStream rest) throws IOException {
        int start = from;
        int end = to;
        do {
            for (int i = start; i < end; i++) {
                if (bytes[i] != 0) {
                    return false;
                }
            }
            start = 0;
            end = rest.readNBytes(bytes, 0, bytes.length);
        } while (end > 0);
        return true;
    }
}
