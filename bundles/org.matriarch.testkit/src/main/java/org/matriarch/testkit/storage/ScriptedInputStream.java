package org.matriarch.testkit.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A stream of equal bytes in which something happens half-way. */
final class ScriptedInputStream extends InputStream {

    /** What happens. */
    interface Event {

        void happen() throws IOException;
    }

    private final long length;
    private final Event halfway;
    private long position;

    private ScriptedInputStream(long length, Event halfway) {
        this.length = length;
        this.halfway = halfway;
    }

    /** Returns a stream; it holds nothing that needs to be closed. */
    static InputStream of(long length, Event halfway) {
        return new ScriptedInputStream(length, halfway);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0];
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
        if (position >= length) {
            return -1;
        }
        if (position >= length / 2) {
            halfway.happen();
        }
        int read = (int) Math.min(Math.min(count, 10_000), length - position);
        Arrays.fill(buffer, offset, offset + read, (byte) 'x');
        position += read;
        return read;
    }
}
