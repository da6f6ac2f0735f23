package org.matriarch.core.job.internal;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Progress;

/**
 * A job between its acceptance and its end.
 *
 * <p>Progress is counted without a lock and written to disk by somebody else, so that a task may report every buffer. An
 * interrupt reaches the thread only while the task itself runs: what comes before and after keeps the records.
 */
final class RunningJob implements JobContext {

    private final long id;
    private final JobRequest request;
    private final Instant submitted;
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicLong doneBytes = new AtomicLong();

    private volatile long totalBytes;
    private volatile String step = "";
    private volatile String subject;
    private volatile boolean waiting;
    private volatile boolean stopRequested;
    private volatile boolean cancelRequested;
    private volatile @Nullable Instant started;
    private volatile @Nullable Job ended;

    /** The thread while it runs the task; guarded by this. */
    private @Nullable Thread worker;

    /** What is on disk; guarded by this. */
    private @Nullable Job kept;

    RunningJob(long id, JobRequest request, Instant submitted) {
        this.id = id;
        this.request = request;
        this.submitted = submitted;
        this.subject = request.subject();
    }

    JobRequest request() {
        return request;
    }

    CountDownLatch end() {
        return end;
    }

    /** Returns the job as it stands now. */
    Job snapshot() {
        Job last = ended;
        if (last != null) {
            return last;
        }
        JobState state = started == null ? JobState.QUEUED : waiting ? JobState.WAITING : JobState.RUNNING;
        return new Job(
                id,
                request.kind(),
                request.server(),
                subject,
                state,
                new Progress(doneBytes.get(), totalBytes, step),
                submitted,
                Optional.ofNullable(started),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    void begin(Instant time) {
        started = time;
    }

    /** Lets interrupts through to this thread; a stop that came before is delivered at once. */
    synchronized void enterTask() throws InterruptedException {
        if (stopRequested) {
            throw new InterruptedException("stopped before it began");
        }
        worker = Thread.currentThread();
    }

    /** Keeps interrupts from this thread from now on; returns whether one was pending. */
    synchronized boolean leaveTask() {
        worker = null;
        return Thread.interrupted();
    }

    /** Asks the task to stop. */
    synchronized void stop(boolean byOperator) {
        stopRequested = true;
        cancelRequested |= byOperator;
        Thread thread = worker;
        if (thread != null) {
            thread.interrupt();
        }
    }

    boolean isStopRequested() {
        return stopRequested;
    }

    boolean isCancelRequested() {
        return cancelRequested;
    }

    /** Returns the job with an end. */
    Job endedBy(JobEnd outcome, Instant time) {
        Job now = snapshot();
        return new Job(
                id,
                now.kind(),
                now.server(),
                now.subject(),
                outcome.state(),
                now.progress(),
                submitted,
                now.started(),
                Optional.of(time),
                outcome.code().map(code -> code.number()),
                outcome.error(),
                outcome.hint());
    }

    /** Writes the job if it changed since, and has not ended. */
    synchronized void keepIn(JobHistory history) {
        Job now = snapshot();
        if (ended == null && !now.equals(kept)) {
            history.keep(now);
            kept = now;
        }
    }

    /** Ends the job once and for all, durably; returns false if it had ended already. */
    synchronized boolean finish(Job last, JobHistory history) {
        if (ended != null) {
            return false;
        }
        history.keep(last);
        ended = last;
        return true;
    }

    @Override
    public long jobId() {
        return id;
    }

    @Override
    public void step(String newStep) {
        step = newStep;
    }

    @Override
    public void subject(String newSubject) {
        subject = newSubject;
    }

    @Override
    public void totalBytes(long bytes) {
        totalBytes = bytes;
    }

    @Override
    public void advance(long bytes) {
        doneBytes.addAndGet(bytes);
    }

    @Override
    public void waiting(boolean isWaiting) {
        waiting = isWaiting;
    }

    @Override
    public void checkCancelled() throws InterruptedException {
        // The flag, not only the interrupt: a job may work on several threads, and only one is interrupted.
        if (stopRequested || Thread.interrupted()) {
            throw new InterruptedException("job %d is to stop".formatted(id));
        }
    }
}
