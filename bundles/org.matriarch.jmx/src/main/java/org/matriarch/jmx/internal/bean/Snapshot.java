package org.matriarch.jmx.internal.bean;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/**
 * What somebody said who may be slow to answer, or not answer at all: a dead disk, a database that hangs.
 *
 * <p>It is asked again, on another thread, when what it said is old. Whoever finds it old waits a little; then, and whoever
 * comes while it is being asked, takes what there is. So attributes are read without delay, however many there are.
 */
final class Snapshot<T> {

    private static final Duration FRESH = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final String what;
    private final Executor threads;
    private final Callable<T> source;
    private final LongSupplier nanoTime;
    private final Duration patience;

    /** Guarded by this. */
    private @Nullable T last;
    /** Guarded by this. */
    private @Nullable Throwable problem;
    /** Guarded by this. */
    private @Nullable CompletableFuture<T> asking;
    /** Guarded by this. */
    private boolean old = true;
    /** Guarded by this. */
    private long answered;

    Snapshot(String what, Executor threads, Callable<T> source) {
        this(what, threads, source, System::nanoTime, PATIENCE);
    }

    Snapshot(String what, Executor threads, Callable<T> source, LongSupplier nanoTime, Duration patience) {
        this.what = what;
        this.threads = threads;
        this.source = source;
        this.nanoTime = nanoTime;
        this.patience = patience;
    }

    /**
     * Returns what was said last.
     *
     * @throws MatriarchException if nothing was said yet, or what was said is an error
     */
    T get() {
        CompletableFuture<T> mine = askIfOld();
        if (mine != null) {
            awaitLittle(mine);
        }
        synchronized (this) {
            if (problem instanceof MatriarchException known) {
                throw known;
            }
            if (problem != null) {
                throw new IllegalStateException("unable to ask for " + what, problem);
            }
            if (last == null) {
                throw new MatriarchException(
                        ErrorCode.STORE_FAILED,
                        "%s is not known yet".formatted(what),
                        "try again in a moment; if that does not help, look at server:status and at the log.");
            }
            return last;
        }
    }

    /** Lets the next one ask again. */
    synchronized void expire() {
        old = true;
    }

    private synchronized @Nullable CompletableFuture<T> askIfOld() {
        boolean fresh = !old && nanoTime.getAsLong() - answered < FRESH.toNanos();
        if (fresh || asking != null) {
            return null;
        }
        var question = new CompletableFuture<T>();
        asking = question;
        old = false;
        try {
            threads.execute(() -> ask(question));
        } catch (RejectedExecutionException e) {
            // Everybody who could ask waits for somebody who does not answer.
            asking = null;
            old = true;
        }
        return question;
    }

    private void ask(CompletableFuture<T> question) {
        @Nullable T answer = null;
        @Nullable Throwable failure = new IllegalStateException("whoever was asked gave up");
        try {
            answer = source.call();
            failure = null;
        } catch (Exception e) { // the outermost frame; told to whoever reads
            failure = e;
        } finally { // after an error, too: a question that stays open is never asked again
            settle(answer, failure);
            question.complete(answer);
        }
    }

    private synchronized void settle(@Nullable T answer, @Nullable Throwable failure) {
        if (answer != null) {
            last = answer;
        }
        problem = failure;
        answered = nanoTime.getAsLong();
        asking = null;
    }

    private void awaitLittle(CompletableFuture<T> question) {
        try {
            question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return; // what there is will do
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
