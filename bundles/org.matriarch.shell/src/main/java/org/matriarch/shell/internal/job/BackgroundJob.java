package org.matriarch.shell.internal.job;

import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.output.Json;

/** What a command prints that does not wait for its job. */
public final class BackgroundJob {

    private BackgroundJob() {}

    /** Prints the number of the job, and returns exit code 0. */
    public static int print(Invocation call, Job job) {
        if (call.words().json()) {
            Json.print(call.console(), JobJson.of(job));
        } else {
            call.console().out().println(job.id());
        }
        return 0;
    }
}
