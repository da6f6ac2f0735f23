package org.matriarch.api.job;

/** The work of a job. Runs on a thread of the job service. */
@FunctionalInterface
public interface JobTask {

    /**
     * Does the work. To be cancelled is to be interrupted: the task stops soon and leaves nothing half-made that looks
     * whole.
     *
     * @throws InterruptedException if it stopped because it was interrupted
     */
    void run(JobContext context) throws InterruptedException;
}
