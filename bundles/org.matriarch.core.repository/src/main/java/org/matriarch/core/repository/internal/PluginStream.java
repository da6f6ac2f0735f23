package org.matriarch.core.repository.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.matriarch.api.error.MatriarchException;

/** Reads from a stream of a plugin, and says whose it is when it throws what a stream must not. Used by one thread. */
final class PluginStream extends FilterInputStream {

    private final Function<Throwable, MatriarchException> failure;

    /** A call of a plugin that yields a stream. */
    interface Opening {
        InputStream open() throws IOException;
    }

    PluginStream(Opening opening, Function<Throwable, MatriarchException> failure) throws IOException {
        super(guarded(opening, failure));
        this.failure = failure;
    }

    private static InputStream guarded(Opening opening, Function<Throwable, MatriarchException> failure)
            throws IOException {
        try {
            return opening.open();
        } catch (RuntimeException | LinkageError e) {
            throw failure.apply(e);
        }
    }

    @Override
    public int read() throws IOException {
        return guarded(in::read);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return guarded(() -> in.read(target, offset, length));
    }

    @Override
    public void close() throws IOException {
        guarded(() -> {
            in.close();
            return 0;
        });
    }

    /** A call of the stream. */
    private interface Call {
        int call() throws IOException;
    }

    private int guarded(Call call) throws IOException {
        try {
            return call.call();
        } catch (RuntimeException | LinkageError e) {
            throw failure.apply(e);
        }
    }
}
