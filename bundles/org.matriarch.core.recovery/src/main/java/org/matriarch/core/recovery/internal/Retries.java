package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins the copy of a file again if the store could not be read. Thread-safe.
 *
 * <p>File by file, so that a store that is away for a moment costs a moment, and not all that was restored before.
 */
final class Retries {

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private final int times;
    private final Duration sleep;
    private final Pause pause;
    private final JobContext context;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Allows each file so many retries, each after a pause. */
    Retries(int times, Duration sleep, Pause pause, JobContext context) {
        this.times = times;
        this.sleep = sleep;
        this.pause = pause;
        this.context = context;
    }

    /** A way to write one file, which must not exist. */
    @FunctionalInterface
    interface Copy {
        /** Returns how many bytes were copied. */
        long run() throws IOException, InterruptedException;
    }

    /** Copies to {@code target}; returns what the last try returned or throws what it threw. */
    long copy(Path target, Copy copy) throws IOException, InterruptedException {
        for (int tried = 0; ; tried++) {
            try {
                return copy.run();
            } catch (MatriarchException e) {
                if (isLast(tried) || !e.code().retryable()) {
                    throw e;
                }
                prepareAgain(target, tried + 1, e.summary());
            } catch (IOException e) {
                // Which side failed is not told; what exists was not written by this copy, and is not its to remove.
                if (isLast(tried) || e instanceof FileAlreadyExistsException) {
                    throw e;
                }
                prepareAgain(target, tried + 1, e.toString());
            }
        }
    }

    /** What is told to stop fails to read because of that. */
    private boolean isLast(int tried) {
        return tried >= times || Thread.currentThread().isInterrupted();
    }

    private void prepareAgain(Path target, int retry, String reason) throws IOException, InterruptedException {
        LOG.warn(
                "copy to '{}' broke, retry {} of {} follows in {} s: {}",
                target,
                retry,
                times,
                sleep.toSeconds(),
                reason);
        if (Files.exists(target)) {
            context.advance(-Files.size(target));
            Files.delete(target);
        }
        context.waiting(waiting.incrementAndGet() > 0);
        try {
            pause.pause(sleep);
        } finally {
            context.waiting(waiting.decrementAndGet() > 0);
        }
        context.checkCancelled();
    }
}
