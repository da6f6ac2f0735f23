package org.matriarch.core.hook.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator sees of a hook that takes long: a job that lasts as long as the hook, and ends it when cancelled.
 *
 * <p>The hook itself runs on the thread of whoever does the work. There is a job only once the hook has taken a while or is
 * to be repeated, so that a hook of every WAL file does not crowd the list of jobs. An interrupt reaches the thread only
 * between {@link #HookJob construction} and {@link #end}. Thread-safe.
 */
final class HookJob {

    private static final Logger LOG = LoggerFactory.getLogger(HookJob.class);

    /** How long a job that was cancelled stays, so that it is not listed as ended before the hook has ended. */
    private static final Duration END_PATIENCE = Duration.ofSeconds(8);

    private final Jobs jobs;
    private final JobRequest request;
    private final Thread thread = Thread.currentThread();
    private final CompletableFuture<Optional<MatriarchException>> outcome = new CompletableFuture<>();

    /** Guarded by this, as are the following. */
    private boolean shown;

    private boolean ended;
    private boolean cancelled;
    private String step = "running";
    private boolean waiting;
    private @Nullable JobContext context;

    /** Follows a hook that the calling thread is about to run. */
    HookJob(Jobs jobs, JobRequest request) {
        this.jobs = jobs;
        this.request = request;
    }

    /** Makes the hook visible, unless it is or has ended. */
    void show() {
        synchronized (this) {
            if (shown || ended) {
                return;
            }
            shown = true;
        }
        try {
            jobs.submit(request, this::follow);
        } catch (MatriarchException e) {
            // No job is refused but by a container that is stopping, and a hook must not keep it from that.
            LOG.warn("{} of server '{}' is ended: {}", request.subject(), request.server(), e.summary());
            cancel();
        }
    }

    /** Says how far the hook is. */
    void say(String nextStep, boolean isWaiting) {
        JobContext present;
        synchronized (this) {
            step = nextStep;
            waiting = isWaiting;
            present = context;
        }
        if (present != null) {
            present.step(nextStep);
            present.waiting(isWaiting);
        }
    }

    /** Says that the hook is over, on its own thread. No interrupt comes through any more, and a late one is taken back. */
    void end(Optional<MatriarchException> failure) {
        synchronized (this) {
            ended = true;
            if (cancelled && Thread.interrupted()) {
                LOG.debug("{} ended while it was cancelled", request.subject());
            }
        }
        outcome.complete(failure);
    }

    /** Returns whether somebody asked for the hook to end. */
    synchronized boolean isCancelled() {
        return cancelled;
    }

    private synchronized void cancel() {
        if (!ended) {
            cancelled = true;
            thread.interrupt();
        }
    }

    private void follow(JobContext newContext) throws InterruptedException {
        synchronized (this) {
            context = newContext;
        }
        say(step(), isWaiting());
        try {
            Optional<MatriarchException> failure = outcome.get();
            if (failure.isPresent()) {
                throw failure.get();
            }
        } catch (InterruptedException e) {
            cancel();
            awaitEnd();
            throw e;
        } catch (ExecutionException e) {
            throw new MatriarchException(ErrorCode.INTERNAL, "a hook ended in no way that it can", "report this.", e);
        }
    }

    private synchronized String step() {
        return step;
    }

    private synchronized boolean isWaiting() {
        return waiting;
    }

    private void awaitEnd() throws InterruptedException {
        try {
            LOG.debug("{} ended: {}", request.subject(), outcome.get(END_PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("{} of server '{}' does not end", request.subject(), request.server(), e);
        }
    }
}
