package org.matriarch.api.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The job service: runs long work on its own threads, keeps its history on disk, and stops it on demand.
 *
 * <p>Thread-safe. A job that ran when the container ended is {@link JobState#INTERRUPTED} at the next start.
 */
@ProviderType
public interface Jobs {

    /**
     * Starts a job and returns at once.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code JOB_CONFLICT} if the request excludes a running job
     */
    Job submit(JobRequest request, JobTask task);

    /** Returns all jobs that are kept, newest first. */
    List<Job> jobs();

    /** Returns a job as it stands now. */
    Optional<Job> findJob(long id);

    /**
     * Asks a job to stop. Does nothing to a job that has ended.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code JOB_UNKNOWN} if there is none of that number
     */
    Job cancel(long id);

    /**
     * Waits until a job has ended or the time is over, and returns it as it then stands.
     *
     * @throws InterruptedException if the caller is interrupted; the job goes on
     */
    Job await(long id, Duration timeout) throws InterruptedException;
}
