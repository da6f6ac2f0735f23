package org.matriarch.shell.internal.backup;

import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.job.Job;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.job.BackgroundJob;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Brings a backup back. */
final class BackupRestoreCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "backup:restore",
                        "Restores a backup to a directory on this host or another, ready to recover to a target.")
                .role(Role.OPERATOR, "viewer with --dry-run to this host")
                .server()
                .argument(
                        "BACKUP",
                        "id or name of a backup, a shortcut as for backup:show, or auto: the newest backup from which"
                                + " the target can be reached",
                        Suggestions.BACKUPS_OR_AUTO)
                .argument(
                        "DEST",
                        "directory, empty or new unless --delta is given; a relative one is taken from the caller's working"
                                + " directory",
                        Suggestions.NONE)
                .option("--target-time", "TIME", "recover to this moment; without a zone it is read in the host's")
                .option("--target-xid", "XID", "recover to the commit of this transaction")
                .option("--target-name", "NAME", "recover to this restore point")
                .option("--target-lsn", "LSN", "recover to this WAL position")
                .flag("--target-immediate", "recover only until the data are consistent")
                .option(
                        "--target-tli",
                        "N|current|latest",
                        "recover along this timeline",
                        Suggestions.choice("current", "latest"))
                .flag("--exclusive", "stop just before the target instead of just after it")
                .option(
                        "--target-action",
                        "pause|promote|shutdown",
                        "what PostgreSQL does at the target",
                        Suggestions.choice("pause", "promote", "shutdown"))
                .repeatable("--tablespace", "NAME:DIR", "put this tablespace into this directory")
                .flag("--get-wal", "let PostgreSQL fetch its WAL while it recovers")
                .flag("--no-get-wal", "copy the WAL beside the data now")
                .flag("--standby-mode", "make a standby")
                .option(
                        "--remote-ssh-command",
                        "COMMAND",
                        "restore to the host that this reaches, as 'ssh postgres@pg'; ssh_command for the one of the server's"
                                + " configuration")
                .flag("--delta", "use what an older copy at DEST holds, and remove what the backup does not hold")
                .flag("--no-delta", "accept nothing but an empty or new directory")
                .option("--jobs", "N", "files copied at the same time")
                .option("--bwlimit", "KIB", "most KiB per second to write; 0 for no limit")
                .option("--retry-times", "N", "how often the copy of a file that could not be read is begun again")
                .option("--retry-sleep", "TIME", "pause before that: seconds, or as '5 MINUTES'")
                .flag("--dry-run", "print the plan, and write nothing")
                .longRunning()
                .example("backup:restore main latest /srv/restored --dry-run")
                .example("backup:restore main auto /srv/restored --target-time 2026-11-20T12:00:00Z")
                .example("backup:restore main latest /srv/restored --tablespace fast:/ssd/fast")
                .example("backup:restore main latest /srv/pg --delta --remote-ssh-command 'ssh postgres@pg'")
                .exit(3, "BACKUP can be neither the id nor the name of a backup")
                .exit(130, "cancelled by Ctrl-C; nothing that PostgreSQL would start from is left")
                .build();
    }

    @Override
    public Role role(Words words) {
        // On another host a plan looks around with the rights of the container's user.
        return words.has("--dry-run") && !words.has("--remote-ssh-command") ? Role.VIEWER : Role.OPERATOR;
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        RestoreWords words = RestoreWords.of(call.words(), call.console(), ZoneId.systemDefault());
        RestorePlan plan = call.services().restores().plan(words.request());
        if (call.words().has("--dry-run")) {
            if (call.words().json()) {
                Json.print(call.console(), RestorePlanText.document(plan, words.assumedZone(), true));
            } else {
                RestorePlanText.print(call.console(), plan, words.assumedZone());
            }
            return 0;
        }
        words.assumedZone()
                .ifPresent(zone ->
                        call.console().note("target time names no zone; it is read in %s, the host's".formatted(zone)));
        plan.warnings().forEach(warning -> call.console().note("WARNING: " + Text.oneLine(warning)));
        Job job = call.services().restores().carryOut(plan);
        if (call.words().has("--background")) {
            return BackgroundJob.print(call, job);
        }
        JobWatcher.End end = JobWatcher.of(call).watch(job);
        if (end.exitCode() == 0) {
            print(call, plan, words, end.job().progress().step());
        }
        return end.exitCode();
    }

    private static void print(Invocation call, RestorePlan plan, RestoreWords words, String result) {
        if (call.words().json()) {
            Map<String, @Nullable Object> document = RestorePlanText.document(plan, words.assumedZone(), false);
            if (plan.request().isDelta()) {
                document.put("result", result);
            }
            Json.print(call.console(), document);
            return;
        }
        call.console()
                .out()
                .println("backup %s of server %s is restored to %s: %s, %s%s"
                        .formatted(
                                plan.backup().id(),
                                plan.request().server(),
                                Text.oneLine(RestorePlanText.destination(plan)),
                                Text.count(plan.fileCount(), "file"),
                                Text.size(plan.sizeBytes()),
                                plan.request().isDelta() ? "; " + result : ""));
    }
}
