package org.matriarch.shell.internal.job;

import org.matriarch.api.access.Role;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Json;

/** Follows a job until it ends, and leaves it alone. */
final class JobWatchCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("job:watch", "Shows the progress of a job until it ends. Ctrl-C leaves the job running.")
                .role(Role.VIEWER)
                .argument("ID", "number of a job", Suggestions.RUNNING_JOBS)
                .flag("--no-progress", "only wait")
                .example("job:watch 17")
                .exit(1, "the job failed, was cancelled or was cut off, or there is none of that number")
                .exit(2, "wrong usage, or the job failed because of its configuration")
                .exit(130, "Ctrl-C ended the watch; the job goes on")
                .build();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        Job job = JobNumber.require(call);
        JobWatcher.End end = JobWatcher.of(call).lookOn(job);
        if (call.words().json()) {
            Json.print(call.console(), JobJson.of(end.job()));
        } else {
            call.console()
                    .out()
                    .println("job %d is %s".formatted(end.job().id(), end.job().state()));
        }
        return end.exitCode();
    }
}
