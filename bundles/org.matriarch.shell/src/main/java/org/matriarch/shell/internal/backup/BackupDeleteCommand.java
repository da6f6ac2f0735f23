package org.matriarch.shell.internal.backup;

import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.job.BackgroundJob;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;

/** Deletes a backup, and the WAL that nothing needs any more. */
final class BackupDeleteCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "backup:delete",
                        "Deletes a backup, the backups that depend on it, and the WAL that nothing needs any more.")
                .role(Role.ADMIN, "viewer with --dry-run")
                .server()
                .backup()
                .flag("--dry-run", "print what would be deleted, and delete nothing")
                .longRunning()
                .example("backup:delete main oldest --dry-run")
                .example("backup:delete main 20261120T031500")
                .build();
    }

    @Override
    public Role role(Words words) {
        return words.has("--dry-run") ? Role.VIEWER : Role.ADMIN;
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        DeletionPlan plan = call.services()
                .catalog()
                .planDeletion(call.words().argument(0), call.words().argument(1));
        if (call.words().has("--dry-run")) {
            report(call, plan, true);
            return 0;
        }
        Job job = call.services().catalog().delete(plan);
        if (call.words().has("--background")) {
            return BackgroundJob.print(call, job);
        }
        JobWatcher.End end = JobWatcher.of(call).watch(job);
        if (end.exitCode() == 0) {
            report(call, plan, false);
        }
        return end.exitCode();
    }

    private static void report(Invocation call, DeletionPlan plan, boolean planned) {
        if (call.words().json()) {
            Json.print(call.console(), DeletionReport.document(plan, planned));
        } else {
            DeletionReport.print(call.console(), plan, planned);
        }
    }
}
