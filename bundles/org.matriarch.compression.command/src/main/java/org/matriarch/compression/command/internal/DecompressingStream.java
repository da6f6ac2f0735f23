package org.matriarch.compression.command.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Gives what the stream below yields to a program, and yields what that makes of it. */
final class DecompressingStream extends InputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Program program;
    private final InputStream in;
    private final Thread feeder;
    private final AtomicReference<IOException> unreadable = new AtomicReference<>();
    private volatile boolean fedAll;
    private volatile boolean ended;
    private @Nullable IOException failure;

    DecompressingStream(Program program, InputStream in) {
        this.program = program;
        this.in = in;
        this.feeder = program.startThread("in", this::feed);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        int count = readOutput(target, offset, length);
        if (count < 0) {
            try {
                finish();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        program.kill("it was not needed any more");
        program.output().close();
        in.close();
    }

    private int readOutput(byte[] target, int offset, int length) throws IOException {
        program.beginWait();
        try {
            return program.output().read(target, offset, length);
        } finally {
            program.endWait();
        }
    }

    private void finish() throws IOException {
        program.awaitEnd(feeder);
        IOException first = unreadable.get();
        if (first != null) {
            throw first;
        }
        program.requireSuccess();
        if (!fedAll) {
            throw new IOException(program.name() + " ended before it had read all");
        }
        ended = true;
    }

    private void feed() {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (OutputStream input = program.input()) {
            int length = nextInput(buffer);
            while (length >= 0) {
                input.write(buffer, 0, length);
                length = nextInput(buffer);
            }
            input.flush();
            fedAll = true;
        } catch (IOException e) {
            fedAll = false; // why, tells its exit code
        }
    }

    /** Returns how many bytes there are; -1 also if the stream below has failed. */
    private int nextInput(byte[] buffer) {
        program.setBusyElsewhere(true);
        try {
            return in.read(buffer);
        } catch (IOException e) {
            unreadable.set(e);
            program.kill(String.valueOf(e.getMessage()));
            return -1;
        } finally {
            program.setBusyElsewhere(false);
        }
    }
}
