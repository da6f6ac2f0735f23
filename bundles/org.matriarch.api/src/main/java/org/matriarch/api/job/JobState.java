package org.matriarch.api.job;

/** How far a job is. */
public enum JobState {
    /** Accepted, not begun. */
    QUEUED,
    /** Under way. */
    RUNNING,
    /** Waiting for a plugin, a retry or a server that is away. */
    WAITING,
    /** Ended, its work done. */
    DONE,
    /** Ended by an error. */
    FAILED,
    /** Ended because somebody asked. */
    CANCELLED,
    /** Cut off by the end of the container. */
    INTERRUPTED;

    /** Returns whether nothing more will happen to the job. */
    public boolean isEnded() {
        return this == DONE || this == FAILED || this == CANCELLED || this == INTERRUPTED;
    }
}
