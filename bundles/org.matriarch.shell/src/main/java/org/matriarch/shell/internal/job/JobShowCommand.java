package org.matriarch.shell.internal.job;

import org.matriarch.api.access.Role;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Shows one job. */
final class JobShowCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("job:show", "Shows what a job does, how far it is and how it ended.")
                .role(Role.VIEWER)
                .argument("ID", "number of a job", Suggestions.JOBS)
                .example("job:show 17")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Job job = JobNumber.require(call);
        if (call.words().json()) {
            Json.print(call.console(), JobJson.of(job));
            return 0;
        }
        new Fields()
                .add("job", job.id())
                .add("kind", job.kind())
                .add("server", job.server())
                .add("subject", job.subject())
                .add("state", job.state())
                .add("step", job.progress().step())
                .add("done", Text.size(job.progress().doneBytes()))
                .add(
                        "total",
                        job.progress().totalBytes() == 0 || job.state() == JobState.DONE
                                ? "-"
                                : Text.size(job.progress().totalBytes()))
                .add("submitted", Text.time(job.submitted()))
                .add("started", Text.time(job.started()))
                .add("ended", Text.time(job.ended()))
                .add("error", job.errorCode().map("MATR-%d: "::formatted).orElse("") + Text.of(job.error()))
                .add("hint", Text.of(job.hint()))
                .print(call.console(), 0);
        return 0;
    }
}
