package org.matriarch.shell.internal.job;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;

/** One job that passes through the states it is given; after the last it waits to be interrupted, or stays ended. */
public final class ScriptedJobs implements Jobs {

    private final Deque<Job> coming = new ArrayDeque<>();
    private final List<Long> cancelled = new ArrayList<>();
    private int interruptions;
    private Job current = job(JobState.RUNNING, Progress.NONE);
    private Job whenCancelled = job(JobState.CANCELLED, Progress.NONE);

    public ScriptedJobs then(Job job) {
        coming.add(job);
        return this;
    }

    public ScriptedJobs onCancel(Job job) {
        whenCancelled = job;
        return this;
    }

    /** Lets the wait for the end of a cancelled job be interrupted, too. */
    public void interruptedAgain() {
        interruptions = 1;
    }

    public Job first() {
        return current;
    }

    public List<Long> cancelled() {
        return cancelled;
    }

    public static Job job(JobState state, Progress progress) {
        Instant time = Instant.parse("2026-11-20T12:00:00Z");
        Optional<Instant> ended = state.isEnded() ? Optional.of(time.plusSeconds(60)) : Optional.empty();
        return new Job(
                7,
                "backup:create",
                "main",
                "20261120T120000",
                state,
                progress,
                time,
                Optional.of(time),
                ended,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public static Job failed(int code, String error, String hint) {
        Job job = job(JobState.FAILED, Progress.NONE);
        return new Job(
                job.id(),
                job.kind(),
                job.server(),
                job.subject(),
                job.state(),
                job.progress(),
                job.submitted(),
                job.started(),
                job.ended(),
                Optional.of(code),
                Optional.of(error),
                Optional.of(hint));
    }

    @Override
    public Job submit(JobRequest request, JobTask task) {
        throw new UnsupportedOperationException("a command submits through its service");
    }

    @Override
    public List<Job> jobs() {
        return List.of(current);
    }

    @Override
    public Optional<Job> findJob(long id) {
        return id == current.id() ? Optional.of(current) : Optional.empty();
    }

    @Override
    public Job cancel(long id) {
        cancelled.add(id);
        coming.clear();
        coming.add(whenCancelled);
        return current;
    }

    @Override
    public Job await(long id, Duration timeout) throws InterruptedException {
        if (!cancelled.isEmpty() && interruptions > 0) {
            interruptions--;
            throw new InterruptedException("the same Ctrl-C");
        }
        if (coming.isEmpty() || Thread.interrupted()) {
            throw new InterruptedException("the user presses Ctrl-C");
        }
        current = coming.remove();
        return current;
    }
}
