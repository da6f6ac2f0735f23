package org.matriarch.core.repository.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.core.repository.internal.WalChecksums.Sum;

/**
 * Yields an archived file, and compares it at its end with what was archived. Whatever goes wrong becomes a failure that
 * names the file. Used by one thread.
 */
final class CheckedWal extends FilterInputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Optional<Sum> expected;
    private final long expectedBytes;
    private final Function<IOException, MatriarchException> failure;
    private final CRC32C crc = new CRC32C();
    private long sizeBytes;

    CheckedWal(InputStream in, Optional<Sum> expected, Function<IOException, MatriarchException> failure) {
        super(in);
        this.expected = expected;
        this.expectedBytes = expected.map(Sum::sizeBytes).orElse(Long.MAX_VALUE);
        this.failure = failure;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        try {
            int count = in.read(target, offset, length);
            if (count > 0) {
                crc.update(target, offset, count);
                sizeBytes += count;
            }
            // Not only at the end: who knows how long a segment is does not look for it.
            if (count < 0 || sizeBytes >= expectedBytes) {
                verify();
            }
            return count;
        } catch (IOException e) {
            throw failure.apply(e);
        }
    }

    /** Reads what it skips: there is no checksum of the rest alone. */
    @Override
    public long skip(long count) {
        byte[] buffer = new byte[(int) Math.max(0, Math.min(BUFFER_BYTES, count))];
        return Math.max(0, read(buffer, 0, buffer.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void verify() throws IOException {
        var found = new Sum((int) crc.getValue(), sizeBytes);
        if (expected.isPresent() && !expected.get().equals(found)) {
            throw new IOException("it holds %s".formatted(found)); // who makes a failure of it says what was expected
        }
    }
}
