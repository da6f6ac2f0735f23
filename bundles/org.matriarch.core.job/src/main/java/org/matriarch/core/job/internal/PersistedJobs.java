package org.matriarch.core.job.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs on one thread each, kept in {@code jobs} under the container's data directory.
 *
 * <p>Immediate, since its start is what turns the jobs of a container that was killed into INTERRUPTED ones, and since a
 * delayed component would be thrown away, jobs and all, when its last user lets go.
 */
@Component(service = Jobs.class, immediate = true)
public final class PersistedJobs implements Jobs {

    private static final Logger LOG = LoggerFactory.getLogger(PersistedJobs.class);

    private static final int JOBS_KEPT = 1000;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration KEEP_INTERVAL = Duration.ofSeconds(2);

    private final JobHistory history;
    private final Clock clock;
    private final int jobsKept;
    private final Duration stopTimeout;
    private final AtomicLong lastId = new AtomicLong();
    private final ScheduledExecutorService keeper;

    private final Map<Long, RunningJob> running = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Long, Job> ended = new ConcurrentSkipListMap<>();

    /** The running job by the name that it holds; guarded by itself, as is {@link #closed}. */
    private final Map<String, Long> exclusives = new HashMap<>();

    private boolean closed;

    /** Reads the history and begins to take jobs. */
    @Activate
    public PersistedJobs(BundleContext context) {
        this(baseDirectory(context).resolve("jobs"), Clock.systemUTC(), JOBS_KEPT, KEEP_INTERVAL, STOP_TIMEOUT);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until the end, and logs its own failures
    PersistedJobs(Path directory, Clock clock, int jobsKept, Duration keepInterval, Duration stopTimeout) {
        this.history = new JobHistory(directory);
        this.clock = clock;
        this.jobsKept = jobsKept;
        this.stopTimeout = stopTimeout;
        JobHistory.Content content = history.load();
        lastId.set(content.highestId());
        content.jobs().forEach(this::adopt);
        prune();
        keeper = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "matriarch-job-history"));
        keeper.scheduleWithFixedDelay(
                this::keepRunning, keepInterval.toMillis(), keepInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Interrupts what runs and waits for it, but not for ever. */
    @Deactivate
    void deactivate() throws InterruptedException {
        synchronized (exclusives) {
            closed = true;
        }
        keeper.shutdownNow();
        List<RunningJob> left = List.copyOf(running.values());
        left.forEach(job -> job.stop(false));
        long deadline = System.nanoTime() + stopTimeout.toNanos();
        for (RunningJob job : left) {
            if (!job.end().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                LOG.warn("job {} ({}) did not stop in time", job.jobId(), threadName(job.request()));
                end(job, JobEnd.interrupted());
            }
        }
    }

    @Override
    public Job submit(JobRequest request, JobTask task) {
        RunningJob job;
        synchronized (exclusives) {
            if (closed) {
                throw new MatriarchException(
                        ErrorCode.JOB_INTERRUPTED,
                        "unable to start '%s' of server '%s': the container is stopping"
                                .formatted(request.kind(), request.server()),
                        "start it again when the container is up.");
            }
            request.exclusive().ifPresent(name -> requireFree(name, request));
            job = new RunningJob(lastId.incrementAndGet(), request, clock.instant());
            request.exclusive().ifPresent(name -> exclusives.put(name, job.jobId()));
            running.put(job.jobId(), job);
        }
        job.keepIn(history); // before it does anything: its number must never be given again
        daemon(() -> run(job, task), threadName(request)).start();
        return job.snapshot();
    }

    @Override
    public List<Job> jobs() {
        var jobs = new ArrayList<>(ended.values());
        running.values().forEach(job -> jobs.add(job.snapshot()));
        // A job that ended in between is in both: keep one.
        var byId = new HashMap<Long, Job>();
        jobs.forEach(
                job -> byId.merge(job.id(), job, (one, other) -> one.state().isEnded() ? one : other));
        return byId.values().stream()
                .sorted(Comparator.comparingLong(Job::id).reversed())
                .toList();
    }

    @Override
    public Optional<Job> findJob(long id) {
        RunningJob job = running.get(id);
        return job != null ? Optional.of(job.snapshot()) : Optional.ofNullable(ended.get(id));
    }

    @Override
    public Job cancel(long id) {
        RunningJob job = running.get(id);
        if (job == null) {
            return requireEnded(id);
        }
        LOG.info("job {} ({}) is asked to stop", id, threadName(job.request()));
        job.stop(true);
        return job.snapshot();
    }

    @Override
    public Job await(long id, Duration timeout) throws InterruptedException {
        RunningJob job = running.get(id);
        if (job == null) {
            return requireEnded(id);
        }
        boolean hasEnded = job.end().await(timeout.toNanos(), TimeUnit.NANOSECONDS);
        LOG.trace("waited for job {}: ended {}", id, hasEnded);
        return job.snapshot();
    }

    private void run(RunningJob job, JobTask task) {
        JobEnd outcome = JobEnd.broken(job.jobId(), "see the container's log"); // what stays if an Error flies by
        try {
            job.begin(clock.instant());
            job.keepIn(history);
            outcome = carryOut(job, task);
        } finally {
            end(job, outcome);
        }
    }

    private static JobEnd carryOut(RunningJob job, JobTask task) {
        try {
            job.enterTask();
            task.run(job);
            return JobEnd.DONE;
        } catch (InterruptedException e) {
            return stopped(job);
        } catch (MatriarchException e) {
            if (job.isStopRequested() && JobEnd.tellsOfInterrupt(e)) {
                return stopped(job);
            }
            LOG.debug("job {} failed", job.jobId(), e);
            return JobEnd.failed(e);
        } catch (RuntimeException e) {
            LOG.error("job {} ({}) ended by an unexpected error", job.jobId(), threadName(job.request()), e);
            return JobEnd.broken(job.jobId(), e.toString());
        } finally {
            boolean interrupted = job.leaveTask();
            LOG.trace("job {} left its task, interrupted {}", job.jobId(), interrupted);
        }
    }

    private static JobEnd stopped(RunningJob job) {
        return job.isCancelRequested() ? JobEnd.cancelled() : JobEnd.interrupted();
    }

    private void end(RunningJob job, JobEnd outcome) {
        Job last = job.endedBy(outcome, clock.instant());
        if (!job.finish(last, history)) {
            return;
        }
        synchronized (exclusives) {
            job.request().exclusive().ifPresent(exclusives::remove);
        }
        ended.put(last.id(), last);
        prune();
        running.remove(last.id());
        logEnd(last);
        job.end().countDown();
    }

    private static void logEnd(Job job) {
        String error = job.error()
                .map(text -> ": MATR-" + job.errorCode().orElse(0) + ": " + text)
                .orElse("");
        LOG.info(
                "job {} ({} of '{}'{}) ended {} after {} bytes{}",
                job.id(),
                job.kind(),
                job.server(),
                job.subject().isEmpty() ? "" : ", " + job.subject(),
                job.state(),
                job.progress().doneBytes(),
                error);
    }

    private void adopt(Job job) {
        Job known = job;
        if (!job.state().isEnded()) {
            JobEnd outcome = JobEnd.interrupted();
            known = new Job(
                    job.id(),
                    job.kind(),
                    job.server(),
                    job.subject(),
                    outcome.state(),
                    job.progress(),
                    job.submitted(),
                    job.started(),
                    Optional.of(clock.instant()),
                    outcome.code().map(ErrorCode::number),
                    outcome.error(),
                    outcome.hint());
            history.keep(known);
            logEnd(known);
        }
        ended.put(known.id(), known);
    }

    private void prune() {
        while (ended.size() > jobsKept) {
            Map.@Nullable Entry<Long, Job> oldest = ended.pollFirstEntry();
            if (oldest != null) {
                history.forget(oldest.getKey());
            }
        }
    }

    private void keepRunning() {
        running.values().forEach(job -> job.keepIn(history));
    }

    private void requireFree(String name, JobRequest request) {
        Long holder = exclusives.get(name);
        if (holder != null) {
            String kind = findJob(holder).map(Job::kind).orElse("");
            throw new MatriarchException(
                    ErrorCode.JOB_CONFLICT,
                    "unable to start '%s' of server '%s': job %d (%s) is running"
                            .formatted(request.kind(), request.server(), holder, kind),
                    "wait for it with 'job:watch %d', or stop it with 'job:cancel %d'.".formatted(holder, holder));
        }
    }

    private Job requireEnded(long id) {
        Job job = ended.get(id);
        if (job == null) {
            throw new MatriarchException(
                    ErrorCode.JOB_UNKNOWN,
                    "unable to find job '%d'".formatted(id),
                    "job:list shows the jobs there are.");
        }
        return job;
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        // Not the submitter's: a thread that lives long must not hold on to the class loader of a bundle that leaves.
        thread.setContextClassLoader(PersistedJobs.class.getClassLoader());
        return thread;
    }

    private static String threadName(JobRequest request) {
        return "matriarch-%s-%s".formatted(request.kind(), request.server());
    }

    /** Not Karaf's data directory: a clean start wipes that one. */
    private static Path baseDirectory(BundleContext context) {
        String base = context.getProperty("karaf.base");
        return base == null ? context.getDataFile("").toPath() : Path.of(base);
    }
}
