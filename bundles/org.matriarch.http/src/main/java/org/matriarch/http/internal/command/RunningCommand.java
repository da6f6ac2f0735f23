package org.matriarch.http.internal.command;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A command between its first request and the moment its exit code is fetched. Thread-safe. */
final class RunningCommand {

    private final BytePipe errors = new BytePipe();
    private final Interruption interruption = new Interruption();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicInteger served = new AtomicInteger();
    private final long createdNanos = System.nanoTime();

    /** Returns true the first time. */
    boolean begin() {
        begun.countDown();
        return taken.compareAndSet(false, true);
    }

    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    /** Waits until the request that runs the command has come; returns false if it does not come in time. */
    boolean awaitBegin(long millis) throws InterruptedException {
        return begun.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Notes that standard error, or the exit code, is delivered; returns true when both are. */
    boolean delivered() {
        return served.incrementAndGet() >= 2;
    }

    long ageNanos() {
        return System.nanoTime() - createdNanos;
    }

    BytePipe errors() {
        return errors;
    }

    Interruption interruption() {
        return interruption;
    }

    /** The command has ended. */
    void end(int code) {
        errors.close();
        exitCode.complete(code);
    }

    /** The caller has gone: the command stops, and nothing of it is kept. */
    void abandon() {
        errors.abandon();
        interruption.request();
    }

    boolean hasEnded() {
        return exitCode.isDone();
    }

    /** Waits for the exit code; returns -1 if there is none in time. */
    int awaitExitCode(long millis) throws InterruptedException {
        try {
            return exitCode.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return -1;
        } catch (ExecutionException e) {
            throw new IllegalStateException("an exit code is never an exception", e);
        }
    }
}
