package org.matriarch.compression.command.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/** Gives what is written to a program, and what that makes of it to the stream below. */
final class CompressingStream extends OutputStream {

    private static final int BUFFER_BYTES = 1 << 16;

    private final Program program;
    private final byte[] magic;
    private final OutputStream out;
    private final Thread pump;
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private volatile boolean whole;
    private volatile boolean failed;
    private boolean closed;

    CompressingStream(Program program, byte[] magic, OutputStream out) {
        this.program = program;
        this.magic = magic;
        this.out = out;
        this.pump = program.startThread("out", this::pump);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
        program.beginWait();
        try {
            program.input().write(buffer, offset, length);
        } catch (IOException e) {
            throw whyNot(e);
        } finally {
            program.endWait();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!failed) { // whoever writes knows it already
                finish();
            }
        } finally {
            program.kill("it was not needed any more");
            out.close();
        }
    }

    private void finish() throws IOException {
        program.beginWait();
        try {
            program.input().close();
        } catch (IOException e) {
            throw whyNot(e);
        } finally {
            program.endWait();
        }
        program.awaitEnd(pump);
        requireSound();
    }

    /** Returns what made the program stop reading, which says more than "broken pipe". */
    private IOException whyNot(IOException brokenPipe) throws IOException {
        failed = true;
        program.awaitEnd(pump);
        requireSound();
        return new IOException(program.name() + " ended before it had read all", brokenPipe);
    }

    private void requireSound() throws IOException {
        IOException first = failure.get();
        if (first != null) {
            throw first;
        }
        program.requireSuccess();
        if (!whole) {
            throw new IOException(program.name() + " wrote nothing");
        }
    }

    private void pump() {
        try (InputStream compressed = program.output()) {
            byte[] buffer = new byte[BUFFER_BYTES];
            int length = compressed.readNBytes(buffer, 0, magic.length);
            // Without its magic number nobody would know later on how to read it. It may also have failed: then it
            // tells.
            if (length > 0 && !Arrays.equals(buffer, 0, length, magic, 0, magic.length)) {
                throw new IOException(program.name() + " writes something that does not begin with its magic number");
            }
            boolean anything = length > 0;
            while (length > 0) {
                program.setBusyElsewhere(true);
                out.write(buffer, 0, length);
                program.setBusyElsewhere(false);
                length = compressed.read(buffer);
            }
            whole = anything;
        } catch (IOException e) {
            failure.compareAndSet(null, e);
            program.kill(String.valueOf(e.getMessage()));
        }
    }
}
