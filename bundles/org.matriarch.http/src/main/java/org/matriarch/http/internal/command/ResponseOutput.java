package org.matriarch.http.internal.command;

import java.io.IOException;
import java.io.OutputStream;

/** Writes to the caller, and lets the command stop when the caller has gone. */
final class ResponseOutput extends OutputStream {

    private final OutputStream body;
    private final RunningCommand command;
    private boolean failed;

    ResponseOutput(OutputStream body, RunningCommand command) {
        this.body = body;
        this.command = command;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return; // An empty chunk would end the body.
        }
        attempt(() -> body.write(bytes, offset, length));
    }

    @Override
    public synchronized void flush() throws IOException {
        attempt(body::flush);
    }

    /** Returns whether the caller has gone. */
    synchronized boolean hasFailed() {
        return failed;
    }

    private void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (IOException e) {
            failed = true;
            command.abandon();
            throw e;
        }
    }

    /** Something that may fail to reach the caller. */
    @FunctionalInterface
    private interface Step {

        void run() throws IOException;
    }
}
