package org.matriarch.shell.internal.job;

import org.matriarch.api.access.Role;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Json;

/** Asks a job to stop. */
final class JobCancelCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("job:cancel", "Asks a job to stop. A job that has ended stays as it is.")
                .role(Role.OPERATOR)
                .argument("ID", "number of a job", Suggestions.RUNNING_JOBS)
                .example("job:cancel 17")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Job job = call.services().jobs().cancel(JobNumber.require(call).id());
        if (call.words().json()) {
            Json.print(call.console(), JobJson.of(job));
        } else {
            String text = job.state().isEnded() ? "job %d is %s" : "job %d is asked to stop, and is still %s";
            call.console().out().println(text.formatted(job.id(), job.state()));
        }
        return 0;
    }
}
