package org.matriarch.shell.internal.backup;

import java.util.Optional;
import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.job.BackgroundJob;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a backup back against its manifest. */
final class BackupVerifyCommand implements ShellCommand {

    private static final Logger LOG = LoggerFactory.getLogger(BackupVerifyCommand.class);

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("backup:verify", "Reads every file of a backup back and compares it with the manifest.")
                .role(Role.OPERATOR)
                .server()
                .backup()
                .flag("--fast", "only look whether each file is there and has its size")
                .longRunning()
                .example("backup:verify main latest")
                .example("backup:verify main 20261120T031500 --fast")
                .exit(1, "the backup is not sound, or could not be read")
                .build();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        BackupCatalog catalog = call.services().catalog();
        String server = call.words().argument(0);
        Job job = catalog.verify(server, call.words().argument(1), call.words().has("--fast"));
        if (call.words().has("--background")) {
            return BackgroundJob.print(call, job);
        }
        JobWatcher.End end = JobWatcher.of(call).watch(job);
        findVerification(catalog, end.job()).ifPresent(outcome -> print(call, end.job(), outcome));
        return end.exitCode();
    }

    private static Optional<BackupVerification> findVerification(BackupCatalog catalog, Job job) {
        try {
            return Optional.of(catalog.verification(job.id()));
        } catch (MatriarchException e) {
            // The job ended before there was an outcome; its own error is printed already.
            LOG.debug("no outcome of job {}", job.id(), e);
            return Optional.empty();
        }
    }

    private static void print(Invocation call, Job job, BackupVerification outcome) {
        boolean sound = outcome.problems().isEmpty() && job.errorCode().isEmpty();
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("server", job.server())
                            .add("backup", job.subject())
                            .add("sound", sound)
                            .add("filesChecked", outcome.filesChecked())
                            .add("bytesRead", outcome.bytesRead())
                            .add("problems", outcome.problems())
                            .add("unchecked", outcome.unchecked())
                            .build());
            return;
        }
        outcome.problems().forEach(line -> call.console().out().println(Text.oneLine(line)));
        outcome.unchecked().forEach(line -> call.console().out().println(Text.oneLine("not checked: " + line)));
        call.console()
                .out()
                .println("backup %s of server %s is %s: %s checked, %s read"
                        .formatted(
                                job.subject(),
                                job.server(),
                                sound ? "sound" : "NOT sound",
                                Text.count(outcome.filesChecked(), "file"),
                                Text.size(outcome.bytesRead())));
    }
}
