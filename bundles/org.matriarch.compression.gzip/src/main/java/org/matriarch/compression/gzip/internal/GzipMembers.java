package org.matriarch.compression.gzip.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Yields the content of all members of a gzip stream (RFC 1952), one after the other. Used by one thread.
 *
 * <p>The stream of the JDK is not strict enough for an archive: it takes garbage behind a member for the end, and the end
 * of what is available just now for the end of all.
 */
final class GzipMembers extends InputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    private static final int MAGIC = 0x8b1f;
    private static final int HEADER_CRC = 0x02;
    private static final int EXTRA = 0x04;
    private static final int NAME = 0x08;
    private static final int COMMENT = 0x10;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 contentCrc = new CRC32();
    private final CRC32 headerCrc = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean insideMember;
    private boolean anyMember;

    GzipMembers(InputStream in) {
        this.in = in;
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
        while (insideMember || beginMember()) {
            int inflated = inflate(target, offset, length);
            if (inflated > 0) {
                contentCrc.update(target, offset, inflated);
                return inflated;
            }
            if (inflater.finished()) {
                endMember();
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            if (inflater.needsInput()) {
                require(fill());
                inflater.setInput(buffer, position, limit - position);
            }
            int inflated = inflater.inflate(target, offset, length);
            position = limit - inflater.getRemaining();
            if (inflated == 0 && inflater.needsDictionary()) {
                throw new IOException("gzip stream is damaged: it asks for a dictionary");
            }
            return inflated;
        } catch (DataFormatException e) {
            throw new IOException("gzip stream is damaged: " + e.getMessage(), e);
        }
    }

    /** Reads a header; returns false if the stream is over where one may be over. */
    private boolean beginMember() throws IOException {
        if (!fill() && anyMember) {
            return false;
        }
        headerCrc.reset();
        if (shortValue() != MAGIC || next() != Deflater.DEFLATED) {
            throw new IOException(anyMember ? "gzip stream is followed by something else" : "not a gzip stream");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw new IOException("gzip stream is damaged: unknown flags 0x%02x".formatted(flags));
        }
        skip(6); // time, deflater's hint and operating system
        skipOptionalFields(flags);
        inflater.reset();
        inflater.setInput(buffer, position, limit - position);
        contentCrc.reset();
        insideMember = true;
        anyMember = true;
        return true;
    }

    private void skipOptionalFields(int flags) throws IOException {
        if ((flags & EXTRA) != 0) {
            skip(shortValue());
        }
        if ((flags & NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & HEADER_CRC) != 0) {
            int expected = (int) headerCrc.getValue() & 0xffff;
            if (shortValue() != expected) {
                throw new IOException("gzip stream is damaged: its header has another checksum than it says");
            }
        }
    }

    private void endMember() throws IOException {
        insideMember = false;
        long expectedCrc = intValue();
        long expectedLength = intValue();
        if (contentCrc.getValue() != expectedCrc || (inflater.getBytesWritten() & 0xffff_ffffL) != expectedLength) {
            throw new IOException("gzip stream is damaged: its content has another checksum or length than it says");
        }
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        int character = next();
        while (character != 0) {
            character = next();
        }
    }

    private long intValue() throws IOException {
        return shortValue() | (long) shortValue() << 16;
    }

    private int shortValue() throws IOException {
        return next() | next() << 8;
    }

    private int next() throws IOException {
        require(fill());
        int value = buffer[position++] & 0xff;
        headerCrc.update(value);
        return value;
    }

    /** Returns whether there are bytes in the buffer, read now if need be. */
    private boolean fill() throws IOException {
        if (position == limit) {
            position = 0;
            limit = Math.max(0, in.read(buffer, 0, buffer.length));
        }
        return limit > 0;
    }

    private static void require(boolean more) throws EOFException {
        if (!more) {
            throw new EOFException("gzip stream ends early");
        }
    }
}
