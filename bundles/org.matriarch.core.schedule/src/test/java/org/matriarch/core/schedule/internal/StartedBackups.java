package org.matriarch.core.schedule.internal;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.testkit.job.DirectJobs;

/** Takes no backup, but has a job that lasts until a test ends it. One runs per server at a time. */
final class StartedBackups implements Backups {

    private final DirectJobs jobs;
    private CountDownLatch end = new CountDownLatch(1);
    private Optional<MatriarchException> refusal = Optional.empty();
    private volatile Optional<MatriarchException> failure = Optional.empty();
    private boolean broken;
    private int begun;

    StartedBackups(DirectJobs jobs) {
        this.jobs = jobs;
    }

    /** Returns how many have begun. */
    int begun() {
        return begun;
    }

    /** From now on no job begins; or again, if there is nothing to throw. */
    void refuse(Optional<MatriarchException> error) {
        refusal = error;
    }

    /** Ends the job that runs. */
    void end(Optional<MatriarchException> error) throws InterruptedException {
        failure = error;
        end.countDown();
        jobs.await(jobs.jobs().get(0).id(), Duration.ofMinutes(1));
        end = new CountDownLatch(1);
    }

    /** Whether it has a fault from now on. */
    void breakDown(boolean broken) {
        this.broken = broken;
    }

    @Override
    public Job create(String server, BackupOptions options) {
        if (broken) {
            throw new IllegalStateException("a fault");
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        CountDownLatch mine = end;
        Job job = jobs.submit(new JobRequest("backup:create", server, "", Optional.of("backup " + server)), context -> {
            mine.await();
            if (failure.isPresent()) {
                throw failure.get();
            }
        });
        begun++;
        return job;
    }
}
