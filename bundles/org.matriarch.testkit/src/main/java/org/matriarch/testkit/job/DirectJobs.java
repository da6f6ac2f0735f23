package org.matriarch.testkit.job;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;

/**
 * Runs jobs for the tests of others: at once on the caller's thread, or each on a thread of its own. Keeps everything
 * in memory. Thread-safe.
 */
public final class DirectJobs implements Jobs, AutoCloseable {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

    private final boolean inline;
    private final Clock clock;
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, RecordedJob> jobs = new ConcurrentSkipListMap<>();

    private DirectJobs(boolean inline, Clock clock) {
        this.inline = inline;
        this.clock = clock;
    }

    /** Runs each job within {@code submit}. */
    public static DirectJobs inline() {
        return new DirectJobs(true, Clock.systemUTC());
    }

    /** Runs each job on a thread of its own; {@link #close} ends those that still run. */
    public static DirectJobs threaded() {
        return new DirectJobs(false, Clock.systemUTC());
    }

    @Override
    public Job submit(JobRequest request, JobTask task) {
        RecordedJob job = accept(request);
        if (inline) {
            job.run(task);
        } else {
            Thread thread = new Thread(() -> job.run(task), "matriarch-job-" + job.jobId());
            thread.setDaemon(true);
            job.runsOn(thread);
            thread.start();
        }
        return job.snapshot();
    }

    @Override
    public List<Job> jobs() {
        var newestFirst = new ArrayList<Job>();
        jobs.values().forEach(job -> newestFirst.add(job.snapshot()));
        Collections.reverse(newestFirst);
        return newestFirst;
    }

    @Override
    public Optional<Job> findJob(long id) {
        return Optional.ofNullable(jobs.get(id)).map(RecordedJob::snapshot);
    }

    @Override
    public Job cancel(long id) {
        RecordedJob job = require(id);
        job.cancel();
        return job.snapshot();
    }

    @Override
    public Job await(long id, Duration timeout) throws InterruptedException {
        RecordedJob job = require(id);
        job.awaitEnd(timeout);
        return job.snapshot();
    }

    /** Adds a job that is said to run and never ends. */
    public void pretend(String kind, String server, String subject) {
        accept(new JobRequest(kind, server, subject, Optional.empty())).begin();
    }

    /** Forgets all jobs; the next one is number 1 again. */
    public void forget() {
        jobs.clear();
        lastId.set(0);
    }

    /** Returns the steps that all jobs have named, job by job. */
    public List<String> steps() {
        return jobs.values().stream().flatMap(job -> job.steps().stream()).toList();
    }

    /** Returns the steps that a job has named, in order. */
    public List<String> steps(long id) {
        return require(id).steps();
    }

    /** Cancels what still runs and waits for its end. */
    @Override
    public void close() {
        for (RecordedJob job : jobs.values()) {
            job.cancel();
            try {
                job.awaitEnd(STOP_PATIENCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized RecordedJob accept(JobRequest request) {
        for (RecordedJob other : jobs.values()) {
            boolean excluded = request.exclusive().isPresent()
                    && request.exclusive().equals(other.request().exclusive());
            if (excluded && !other.snapshot().state().isEnded()) {
                throw new MatriarchException(
                        ErrorCode.JOB_CONFLICT,
                        "unable to start '%s' of '%s': job %d runs"
                                .formatted(request.kind(), request.server(), other.jobId()),
                        "wait for it or cancel it.");
            }
        }
        RecordedJob job = new RecordedJob(lastId.incrementAndGet(), request, clock);
        jobs.put(job.jobId(), job);
        return job;
    }

    private RecordedJob require(long id) {
        return Optional.ofNullable(jobs.get(id))
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.JOB_UNKNOWN, "no job has the number %d".formatted(id), "see job:list."));
    }
}
