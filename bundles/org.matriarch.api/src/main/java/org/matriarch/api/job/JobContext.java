package org.matriarch.api.job;

/** What a running job tells the job service. Methods may be called from any thread of the job and never block long. */
public interface JobContext {

    /** Returns the number of the job. */
    long jobId();

    /** Says what is being done now; shown to whoever watches. */
    void step(String step);

    /** Names what the job works on as soon as it is known, such as the id of the new backup. */
    void subject(String subject);

    /** Says how many bytes there are to do; may be corrected later. */
    void totalBytes(long bytes);

    /** Adds to the bytes done. */
    void advance(long bytes);

    /** Says whether the job is held up by something outside it. */
    void waiting(boolean waiting);

    /** Throws if the job is to stop. */
    void checkCancelled() throws InterruptedException;
}
