package org.matriarch.compression.lz4.internal;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalInt;
import net.jpountz.xxhash.XXHash32;

/** Reads numbers and blocks from a stream, each whole or not at all. */
final class LittleEndianInput implements Closeable {

    private static final int SEED = 0;

    private final InputStream in;
    private final XXHash32 hash;
    private final byte[] number = new byte[Integer.BYTES];

    LittleEndianInput(InputStream in, XXHash32 hash) {
        this.in = in;
        this.hash = hash;
    }

    int nextByte() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw early();
        }
        return value;
    }

    int nextInt() throws IOException {
        read(number, 0, Integer.BYTES);
        return intAt(number, 0);
    }

    /** Returns a number, or nothing if the stream is over. */
    OptionalInt nextIntIfAny() throws IOException {
        int length = in.readNBytes(number, 0, Integer.BYTES);
        if (length == 0) {
            return OptionalInt.empty();
        }
        if (length < Integer.BYTES) {
            throw early();
        }
        return OptionalInt.of(intAt(number, 0));
    }

    void read(byte[] target, int offset, int length) throws IOException {
        if (in.readNBytes(target, offset, length) < length) {
            throw early();
        }
    }

    void skip(long length) throws IOException {
        try {
            in.skipNBytes(length);
        } catch (EOFException e) {
            throw early();
        }
    }

    int hash(byte[] bytes, int offset, int length) {
        return hash.hash(bytes, offset, length, SEED);
    }

    static long longAt(byte[] bytes, int offset) {
        return (intAt(bytes, offset) & 0xffff_ffffL) | (long) intAt(bytes, offset + Integer.BYTES) << 32;
    }

    private static int intAt(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff)
                | (bytes[offset + 1] & 0xff) << 8
                | (bytes[offset + 2] & 0xff) << 16
                | (bytes[offset + 3] & 0xff) << 24;
    }

    private static EOFException early() {
        return new EOFException("lz4 stream ends early");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
