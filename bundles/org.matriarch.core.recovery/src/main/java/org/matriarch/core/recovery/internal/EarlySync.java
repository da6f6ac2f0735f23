package org.matriarch.core.recovery.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** Has the disk work on the beginning of a large file while the rest is still being copied. Used by one thread. */
final class EarlySync {

    private static final long SYNC_EVERY_BYTES = 32L << 20;

    private final FileChannel file;
    private final Executor beside;
    private long waitingBytes;
    private CompletableFuture<Void> running = CompletableFuture.completedFuture(null);

    EarlySync(FileChannel file, Executor beside) {
        this.file = file;
        this.beside = beside;
    }

    /** Counts bytes that were written; never waits for the disk. */
    void written(int bytes) throws IOException, InterruptedException {
        waitingBytes += bytes;
        if (waitingBytes >= SYNC_EVERY_BYTES && running.isDone()) {
            await();
            waitingBytes = 0;
            running = CompletableFuture.runAsync(this::sync, beside);
        }
    }

    /** Brings all of the file to the disk. The kernel tells of a failed write once: so every sync is asked. */
    void finish() throws IOException, InterruptedException {
        await();
        file.force(true);
    }

    private void await() throws IOException, InterruptedException {
        try {
            running.get();
        } catch (ExecutionException e) {
            Throwable cause = requireNonNull(e.getCause(), "a failed sync has a cause");
            throw cause instanceof UncheckedIOException io ? io.getCause() : new IOException(cause);
        }
    }

    private void sync() {
        try {
            file.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
