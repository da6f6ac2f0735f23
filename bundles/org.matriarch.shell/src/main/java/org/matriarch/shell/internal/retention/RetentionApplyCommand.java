package org.matriarch.shell.internal.retention;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.backup.DeletionReport;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.job.JobJson;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;

/** Deletes what the retention policy no longer needs. */
final class RetentionApplyCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "retention:apply",
                        "Deletes the backups that the retention policy calls obsolete, and the WAL that only they need.")
                .role(Role.ADMIN, "viewer with --dry-run")
                .servers()
                .flag("--dry-run", "print what would be deleted, and delete nothing")
                .longRunning()
                .example("retention:apply main --dry-run")
                .example("retention:apply all")
                .build();
    }

    @Override
    public Role role(Words words) {
        return words.has("--dry-run") ? Role.VIEWER : Role.ADMIN;
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        boolean background = call.words().has("--background") && !call.words().has("--dry-run");
        int code = ServerNames.forEach(call, names, name -> {
            DeletionPlan plan = call.services().retention().plan(name);
            if (call.words().has("--dry-run") || plan.isEmpty()) {
                documents.add(report(call, plan, true));
                return 0;
            }
            Job job = call.services().retention().apply(plan);
            if (background) {
                documents.add(JobJson.of(job));
                if (!call.words().json()) {
                    call.console().out().println(job.id());
                }
                return 0;
            }
            JobWatcher.End end = JobWatcher.of(call).watch(job);
            if (end.exitCode() == 0) {
                documents.add(report(call, plan, false));
            }
            return end.exitCode();
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }

    /** Prints a plan unless all are printed in one document. */
    private static Map<String, @Nullable Object> report(Invocation call, DeletionPlan plan, boolean planned) {
        if (!call.words().json()) {
            if (plan.isEmpty()) {
                call.console().out().println("server %s: nothing to delete".formatted(plan.server()));
            } else {
                DeletionReport.print(call.console(), plan, planned);
            }
        }
        return DeletionReport.document(plan, planned);
    }
}
