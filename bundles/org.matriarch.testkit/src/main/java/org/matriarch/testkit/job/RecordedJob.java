package org.matriarch.testkit.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Progress;

/** A job of {@link DirectJobs} and what it has said. Everything is guarded by this. */
final class RecordedJob implements JobContext {

    private final long id;
    private final JobRequest request;
    private final Clock clock;
    private final Instant submitted;
    private final List<String> steps = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private @Nullable Thread thread;
    private String subject;
    private JobState state = JobState.QUEUED;
    private boolean cancelled;
    private long doneBytes;
    private long totalBytes;
    private Optional<Instant> started = Optional.empty();
    private Optional<Instant> ended = Optional.empty();
    private Optional<MatriarchException> error = Optional.empty();

    RecordedJob(long id, JobRequest request, Clock clock) {
        this.id = id;
        this.request = request;
        this.clock = clock;
        this.submitted = clock.instant();
        this.subject = request.subject();
    }

    /** The job may be cancelled before its thread has begun. */
    synchronized void runsOn(Thread thread) {
        this.thread = thread;
    }

    void run(JobTask task) {
        begin();
        try {
            checkCancelled();
            task.run(this);
            finish(JobState.DONE, Optional.empty());
        } catch (InterruptedException e) {
            finish(
                    JobState.CANCELLED,
                    Optional.of(new MatriarchException(ErrorCode.JOB_CANCELLED, "cancelled", "start it again.", e)));
        } catch (MatriarchException e) {
            finish(JobState.FAILED, Optional.of(e));
        } catch (RuntimeException e) {
            finish(
                    JobState.FAILED,
                    Optional.of(new MatriarchException(ErrorCode.INTERNAL, e.toString(), "see the cause.", e)));
        } finally {
            Thread.interrupted(); // whatever runs on this thread next is not to be stopped
        }
    }

    synchronized void cancel() {
        if (!state.isEnded()) {
            cancelled = true;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }

    boolean awaitEnd(Duration timeout) throws InterruptedException {
        return end.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    JobRequest request() {
        return request;
    }

    synchronized List<String> steps() {
        return List.copyOf(steps);
    }

    synchronized Job snapshot() {
        String step = steps.isEmpty() ? "" : steps.get(steps.size() - 1);
        return new Job(
                id,
                request.kind(),
                request.server(),
                subject,
                state,
                new Progress(doneBytes, totalBytes, step),
                submitted,
                started,
                ended,
                error.map(e -> e.code().number()),
                error.map(MatriarchException::summary),
                error.map(MatriarchException::hint));
    }

    @Override
    public long jobId() {
        return id;
    }

    @Override
    public synchronized void step(String step) {
        steps.add(step);
    }

    @Override
    public synchronized void subject(String subject) {
        this.subject = subject;
    }

    @Override
    public synchronized void totalBytes(long bytes) {
        totalBytes = bytes;
    }

    @Override
    public synchronized void advance(long bytes) {
        doneBytes += bytes;
    }

    @Override
    public synchronized void waiting(boolean waiting) {
        if (!state.isEnded()) {
            state = waiting ? JobState.WAITING : JobState.RUNNING;
        }
    }

    @Override
    public synchronized void checkCancelled() throws InterruptedException {
        if (cancelled || Thread.interrupted()) {
            throw new InterruptedException("job %d was cancelled".formatted(id));
        }
    }

    synchronized void begin() {
        state = JobState.RUNNING;
        started = Optional.of(clock.instant());
    }

    private synchronized void finish(JobState outcome, Optional<MatriarchException> failure) {
        state = outcome;
        error = failure;
        ended = Optional.of(clock.instant());
        end.countDown();
    }
}
