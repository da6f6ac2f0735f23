package org.matriarch.testkit.standin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.job.Progress;

/** Runs every job to its end within {@code submit}, on the caller's thread, and keeps how it went. Thread-safe. */
public final class DirectJobs implements Jobs {

    private final Map<Long, Job> jobs = new ConcurrentSkipListMap<>(Collections.reverseOrder());
    private final List<String> steps = Collections.synchronizedList(new ArrayList<>());

    /** Adds a job that is said to run. */
    public void pretend(String kind, String server, String subject) {
        long id = jobs.size() + 1L;
        jobs.put(id, job(id, new JobRequest(kind, server, subject, Optional.empty()), JobState.RUNNING));
    }

    /** Forgets all jobs. */
    public void forget() {
        jobs.clear();
    }

    /** Returns the steps that jobs announced, in order. */
    public List<String> steps() {
        return List.copyOf(steps);
    }

    @Override
    public Job submit(JobRequest request, JobTask task) {
        long id = jobs.size() + 1L;
        jobs.put(id, job(id, request, JobState.RUNNING));
        try {
            task.run(new Context(id));
            return update(id, JobState.DONE, Optional.empty());
        } catch (MatriarchException e) {
            return update(id, JobState.FAILED, Optional.of(e));
        } catch (InterruptedException e) {
            return update(id, JobState.CANCELLED, Optional.empty());
        }
    }

    @Override
    public List<Job> jobs() {
        return List.copyOf(jobs.values());
    }

    @Override
    public Optional<Job> findJob(long id) {
        return Optional.ofNullable(jobs.get(id));
    }

    @Override
    public Job cancel(long id) {
        return findJob(id).orElseThrow();
    }

    @Override
    public Job await(long id, Duration timeout) {
        return findJob(id).orElseThrow();
    }

    private static Job job(long id, JobRequest request, JobState state) {
        return new Job(
                id,
                request.kind(),
                request.server(),
                request.subject(),
                state,
                Progress.NONE,
                Instant.EPOCH,
                Optional.of(Instant.EPOCH),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private synchronized Job update(long id, JobState state, Optional<MatriarchException> failure) {
        Job old = findJob(id).orElseThrow();
        Job job = new Job(
                id,
                old.kind(),
                old.server(),
                old.subject(),
                state,
                old.progress(),
                old.submitted(),
                old.started(),
                Optional.of(Instant.EPOCH),
                failure.map(e -> e.code().number()),
                failure.map(MatriarchException::summary),
                failure.map(MatriarchException::hint));
        jobs.put(id, job);
        return job;
    }

    private synchronized void progress(long id, String subject, Progress progress) {
        Job old = findJob(id).orElseThrow();
        jobs.put(
                id,
                new Job(
                        id,
                        old.kind(),
                        old.server(),
                        subject,
                        old.state(),
                        progress,
                        old.submitted(),
                        old.started(),
                        old.ended(),
                        old.errorCode(),
                        old.error(),
                        old.hint()));
    }

    /** Writes into the job what its task tells. */
    private final class Context implements JobContext {

        private final long id;
        private Progress progress = Progress.NONE;
        private String subject;

        Context(long id) {
            this.id = id;
            subject = findJob(id).orElseThrow().subject();
        }

        @Override
        public long jobId() {
            return id;
        }

        @Override
        public synchronized void step(String step) {
            steps.add(step);
            update(new Progress(progress.doneBytes(), progress.totalBytes(), step));
        }

        @Override
        public synchronized void subject(String newSubject) {
            subject = newSubject;
            update(progress);
        }

        @Override
        public synchronized void totalBytes(long bytes) {
            update(new Progress(progress.doneBytes(), bytes, progress.step()));
        }

        @Override
        public synchronized void advance(long bytes) {
            update(new Progress(progress.doneBytes() + bytes, progress.totalBytes(), progress.step()));
        }

        @Override
        public void waiting(boolean waiting) {
            // Whoever looks at the job sees it only when it has ended.
        }

        @Override
        public void checkCancelled() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException("job %d is cancelled".formatted(id));
            }
        }

        private void update(Progress newProgress) {
            progress = newProgress;
            DirectJobs.this.progress(id, subject, newProgress);
        }
    }
}
