package org.matriarch.shell.internal.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;

/** Writes to a print stream and tells when that has failed, which a print stream keeps to itself. */
final class CheckedOutput extends OutputStream {

    private final PrintStream target;

    CheckedOutput(PrintStream target) {
        this.target = target;
    }

    @Override
    public void write(int value) throws IOException {
        target.write(value);
        check();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        target.write(bytes, offset, length);
        check();
    }

    @Override
    public void flush() throws IOException {
        target.flush();
        check();
    }

    private void check() throws IOException {
        if (target.checkError()) {
            throw new IOException("nobody takes the output any more");
        }
    }
}
