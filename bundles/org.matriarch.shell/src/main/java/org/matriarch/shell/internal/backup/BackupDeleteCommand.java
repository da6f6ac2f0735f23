package org.matriarch.shell.internal.backup;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.job.BackgroundJob;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Deletes a backup, and the WAL that nothing needs any more. */
final class BackupDeleteCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "backup:delete",
                        "Deletes a backup, the backups that depend on it, and the WAL that nothing needs any more.")
                .server()
                .backup()
                .flag("--dry-run", "print what would be deleted, and delete nothing")
                .longRunning()
                .example("backup:delete main oldest --dry-run")
                .example("backup:delete main 20261120T031500")
                .build();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        DeletionPlan plan = call.services()
                .catalog()
                .planDeletion(call.words().argument(0), call.words().argument(1));
        if (call.words().has("--dry-run")) {
            print(call, plan, true);
            return 0;
        }
        Job job = call.services().catalog().delete(plan);
        if (call.words().has("--background")) {
            return BackgroundJob.print(call, job);
        }
        JobWatcher.End end = JobWatcher.of(call).watch(job);
        if (end.exitCode() == 0) {
            print(call, plan, false);
        }
        return end.exitCode();
    }

    private static void print(Invocation call, DeletionPlan plan, boolean planned) {
        if (call.words().json()) {
            Json.print(call.console(), document(plan, planned));
            return;
        }
        String verb = planned ? "would delete" : "deleted";
        for (Backup backup : plan.backups()) {
            call.console()
                    .out()
                    .println("%s backup %s of server %s, %s"
                            .formatted(
                                    verb,
                                    backup.id(),
                                    plan.server(),
                                    Text.size(backup.size().storedBytes())));
        }
        if (!plan.wal().isEmpty()) {
            call.console()
                    .out()
                    .println("%s %s, %s to %s"
                            .formatted(
                                    verb,
                                    Text.count(plan.wal().size(), "WAL file"),
                                    plan.wal().get(0),
                                    plan.wal().get(plan.wal().size() - 1)));
        }
        call.console().out().println("%s %s".formatted(planned ? "would free" : "freed", Text.size(plan.freedBytes())));
    }

    private static Map<String, @Nullable Object> document(DeletionPlan plan, boolean planned) {
        return new Json()
                .add("server", plan.server())
                .add("dryRun", planned)
                .add("backups", plan.backups().stream().map(BackupJson::of).toList())
                .add("wal", plan.wal().stream().map(WalFileName::value).toList())
                .add("freedBytes", plan.freedBytes())
                .build();
    }
}
