package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.spi.transport.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins a step again if the store could not be read, or the host not reached. Thread-safe.
 *
 * <p>Step by step and file by file, so that a store or network that is away for a moment costs a moment, and not all that was
 * restored before.
 */
final class Retries {

    private static final Logger LOG = LoggerFactory.getLogger(Retries.class);

    private final int times;
    private final Duration sleep;
    private final Pause pause;
    private final JobContext context;
    private final AtomicInteger waiting = new AtomicInteger();

    /** Allows each step so many retries, each after a pause. */
    Retries(int times, Duration sleep, Pause pause, JobContext context) {
        this.times = times;
        this.sleep = sleep;
        this.pause = pause;
        this.context = context;
    }

    /** A step that may be done again, whether it was done before, or half. */
    @FunctionalInterface
    interface Step {
        /** Does it. */
        void run() throws IOException, InterruptedException;
    }

    /** A way to write one file, which must not exist. */
    @FunctionalInterface
    interface Copy {
        /** Returns how many bytes were copied. */
        long run() throws IOException, InterruptedException;
    }

    /** Does a step; throws what the last try threw. */
    void again(String what, Step step) throws IOException, InterruptedException {
        repeat(what, tried -> {
            step.run();
            return 0;
        });
    }

    /** Copies to {@code target}; returns what the last try returned or throws what it threw. */
    long copy(HostFiles files, Path target, Copy copy) throws IOException, InterruptedException {
        return repeat("the copy to '%s'".formatted(target), tried -> {
            if (tried > 0) {
                files.delete(target);
            }
            return copy.run();
        });
    }

    /** One of several tries. */
    @FunctionalInterface
    private interface Try {
        long run(int triedBefore) throws IOException, InterruptedException;
    }

    private long repeat(String what, Try attempt) throws IOException, InterruptedException {
        for (int tried = 0; ; tried++) {
            try {
                return attempt.run(tried);
            } catch (MatriarchException e) {
                if (isLast(tried) || !e.code().retryable()) {
                    throw e;
                }
                await(what, tried + 1, e.summary());
            } catch (TransportException e) {
                if (isLast(tried) || !e.retryable()) {
                    throw e;
                }
                await(what, tried + 1, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                // Which side failed is not told; what exists was not written by this copy, and is not its to remove.
                if (isLast(tried) || e instanceof FileAlreadyExistsException) {
                    throw e;
                }
                await(what, tried + 1, e.toString());
            }
        }
    }

    /** What is told to stop fails because of that. */
    private boolean isLast(int tried) {
        return tried >= times || Thread.currentThread().isInterrupted();
    }

    private void await(String what, int retry, String reason) throws InterruptedException {
        LOG.warn("{} broke, retry {} of {} follows in {} s: {}", what, retry, times, sleep.toSeconds(), reason);
        context.waiting(waiting.incrementAndGet() > 0);
        try {
            pause.pause(sleep);
        } finally {
            context.waiting(waiting.decrementAndGet() > 0);
        }
        context.checkCancelled();
    }
}
