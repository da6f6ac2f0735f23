package org.matriarch.shell.internal.job;

import java.util.List;
import org.matriarch.api.access.Role;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.matriarch.shell.internal.output.Text;

/** Lists the jobs that are kept. */
final class JobListCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("job:list", "Lists running and past jobs, newest first.")
                .role(Role.VIEWER)
                .example("job:list")
                .build();
    }

    @Override
    public int run(Invocation call) {
        List<Job> jobs = call.services().jobs().jobs();
        if (call.words().json()) {
            Json.print(call.console(), jobs.stream().map(JobJson::of).toList());
            return 0;
        }
        var table =
                new Table(">ID", "KIND", "SERVER", "SUBJECT", "STATE", ">DONE", ">%", "SUBMITTED", "ENDED", "ERROR");
        for (Job job : jobs) {
            int percent = ProgressRate.percent(job);
            table.row(
                    job.id(),
                    job.kind(),
                    job.server(),
                    job.subject().isEmpty() ? "-" : job.subject(),
                    job.state(),
                    Text.size(job.progress().doneBytes()),
                    percent < 0 ? "-" : percent,
                    Text.time(job.submitted()),
                    Text.time(job.ended()),
                    job.errorCode().map("MATR-%d"::formatted).orElse("-"));
        }
        table.print(call.console(), "no jobs");
        return 0;
    }
}
