package org.matriarch.shell.internal.job;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.UsageException;

/** The number of a job as a word of a command. */
final class JobNumber {

    private JobNumber() {}

    /** Returns the job that the first argument names. */
    static Job require(Invocation call) {
        String word = call.words().argument(0);
        if (!word.matches("\\d{1,18}")) {
            throw new UsageException(
                    "'%s' is not the number of a job".formatted(word), "run job:list to see the jobs.");
        }
        long id = Long.parseLong(word);
        return call.services()
                .jobs()
                .findJob(id)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.JOB_UNKNOWN, "no job '%d'".formatted(id), "run job:list to see the jobs."));
    }
}
