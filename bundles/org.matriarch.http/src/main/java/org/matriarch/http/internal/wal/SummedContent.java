package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * Content that its SHA-256 comes after, as 64 hexadecimal digits: so a client can send a file while it computes the checksum.
 * Yields the content alone. Used by one thread.
 */
final class SummedContent extends FilterInputStream {

    private static final int SUM_LENGTH = 64;
    private static final int BUFFER_BYTES = 1 << 16;

    /** What may be the checksum is held back until more shows that it is content. */
    private final byte[] held = new byte[BUFFER_BYTES + SUM_LENGTH];

    private final String name;
    private int from;
    private int to;
    private boolean ended;

    SummedContent(String name, InputStream in) {
        super(in);
        this.name = name;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended && to - from <= SUM_LENGTH) {
            fill();
        }
        int count = Math.min(length, to - from - SUM_LENGTH);
        if (count <= 0) {
            return -1;
        }
        System.arraycopy(held, from, target, offset, count);
        from += count;
        return count;
    }

    private void fill() throws IOException {
        System.arraycopy(held, from, held, 0, to - from);
        to -= from;
        from = 0;
        int count = in.read(held, to, held.length - to);
        ended = count < 0;
        to += Math.max(0, count);
    }

    /**
     * Returns what came after the content, once that was read to its end.
     *
     * @throws MatriarchException {@code WAL_TRANSFER} if it is no checksum
     */
    String sha256() {
        String sum = new String(held, from, to - from, ISO_8859_1);
        if (!WalRequest.SHA256.matcher(sum).matches()) {
            throw new MatriarchException(
                    ErrorCode.WAL_TRANSFER,
                    "'%s' did not arrive as it was sent: no checksum came after it".formatted(name),
                    "nothing was kept; it will be taken when it is sent again, whole.");
        }
        return sum.toLowerCase(Locale.ROOT);
    }

    @Override
    public int available() {
        return Math.max(0, to - from - SUM_LENGTH);
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] passed = new byte[(int) Math.max(0, Math.min(BUFFER_BYTES, count))];
        return Math.max(0, read(passed, 0, passed.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
