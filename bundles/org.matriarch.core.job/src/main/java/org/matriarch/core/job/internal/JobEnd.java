package org.matriarch.core.job.internal;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobState;

/** How a job ended, and why. */
record JobEnd(JobState state, Optional<ErrorCode> code, Optional<String> error, Optional<String> hint) {

    static final JobEnd DONE = new JobEnd(JobState.DONE, Optional.empty(), Optional.empty(), Optional.empty());

    static JobEnd failed(MatriarchException e) {
        return of(JobState.FAILED, e.code(), e.summary(), e.hint());
    }

    /** The end of a job whose code is at fault. */
    static JobEnd broken(long id, String reason) {
        return of(
                JobState.FAILED,
                ErrorCode.INTERNAL,
                "job %d ended by an unexpected error: %s".formatted(id, reason),
                "report it with the output of server:diagnose and the container's log.");
    }

    static JobEnd cancelled() {
        return of(
                JobState.CANCELLED,
                ErrorCode.JOB_CANCELLED,
                "the job was cancelled",
                "start it again if it is still wanted.");
    }

    static JobEnd interrupted() {
        return of(
                JobState.INTERRUPTED,
                ErrorCode.JOB_INTERRUPTED,
                "the container ended while the job ran",
                "start it again; what it left is cleared away or taken up by the next run.");
    }

    /** Returns whether a failure is only how the task said that it was interrupted. */
    static boolean tellsOfInterrupt(MatriarchException e) {
        if (e.code() == ErrorCode.JOB_CANCELLED || e.code() == ErrorCode.JOB_INTERRUPTED) {
            return true;
        }
        for (@Nullable Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException
                    || cause instanceof ClosedByInterruptException
                    || (cause instanceof InterruptedIOException && !(cause instanceof SocketTimeoutException))) {
                return true;
            }
        }
        return false;
    }

    private static JobEnd of(JobState state, ErrorCode code, String error, String hint) {
        return new JobEnd(state, Optional.of(code), Optional.of(error), Optional.of(hint));
    }
}
