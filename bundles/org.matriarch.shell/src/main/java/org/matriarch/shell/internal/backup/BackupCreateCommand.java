package org.matriarch.shell.internal.backup;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.job.JobJson;
import org.matriarch.shell.internal.job.JobWatcher;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Takes backups, one server after the other. */
final class BackupCreateCommand implements ShellCommand {

    private static final int EXIT_INTERRUPTED = 130;

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("backup:create", "Takes a backup of servers.")
                .role(Role.OPERATOR)
                .servers()
                .option("--name", "NAME", "a name for the backup, to be used instead of its id")
                .flag("--wait", "wait until the WAL that the backup needs is archived")
                .option("--wait-timeout", "TIME", "how long to wait for it: seconds, or as '5 MINUTES'")
                .option("--jobs", "N", "files copied at the same time, where the method can")
                .option("--reuse", "MODE", "unchanged files of the backup before: off, link or copy")
                .flag("--no-resume", "take nothing over from backups that broke off")
                .flag("--immediate-checkpoint", "let the server write its checkpoint at once")
                .flag("--no-immediate-checkpoint", "let the server spread its checkpoint")
                .option("--bwlimit", "KIB", "most KiB per second to read from the server; 0 for no limit")
                .option("--retry-times", "N", "how often a failed copy is begun again")
                .option("--retry-sleep", "TIME", "pause before that: seconds, or as '5 MINUTES'")
                .flag("--no-retry", "the same as --retry-times 0")
                .longRunning()
                .example("backup:create main")
                .example("backup:create main --name before-upgrade --wait")
                .example("backup:create all --background")
                .exit(130, "cancelled by Ctrl-C; the backup is FAILED")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        BackupOptions options = options(call.words());
        List<String> names =
                ServerNames.expandActive(call.services(), call.words().argumentsFrom(0));
        boolean background = call.words().has("--background");
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        boolean[] cancelled = new boolean[1];
        int code = ServerNames.forEach(call, names, name -> {
            if (cancelled[0]) {
                return EXIT_INTERRUPTED; // Ctrl-C means all of them.
            }
            Job job = call.services().backups().create(name, options);
            if (background) {
                documents.add(JobJson.of(job));
                if (!call.words().json()) {
                    call.console().out().println(job.id());
                }
                return 0;
            }
            JobWatcher.End end = JobWatcher.of(call).watch(job);
            cancelled[0] = end.exitCode() == EXIT_INTERRUPTED;
            if (end.exitCode() == 0) {
                report(call, end.job()).ifPresent(documents::add);
            }
            return end.exitCode();
        });
        if (call.words().json() && !(documents.isEmpty() && names.size() == 1)) {
            Json.print(call.console(), documents.size() == 1 && names.size() == 1 ? documents.get(0) : documents);
        }
        return code;
    }

    private static BackupOptions options(Words words) {
        Optional<Integer> retryTimes = words.number("--retry-times", 0, 1_000_000);
        if (words.has("--no-retry")) {
            if (retryTimes.isPresent()) {
                throw new UsageException(
                        "options '--no-retry' and '--retry-times' exclude each other", "give one of them, or none.");
            }
            retryTimes = Optional.of(0);
        }
        Optional<Duration> waitTimeout = words.duration("--wait-timeout");
        return new BackupOptions(
                words.value("--name"),
                words.either("--immediate-checkpoint", "--no-immediate-checkpoint"),
                words.number("--bwlimit", 0, Integer.MAX_VALUE),
                words.number("--jobs", 1, 1024),
                reuse(words),
                !words.has("--no-resume"),
                retryTimes,
                words.duration("--retry-sleep"),
                words.has("--wait"),
                waitTimeout);
    }

    private static Optional<ReuseMode> reuse(Words words) {
        return words.value("--reuse").map(text -> {
            for (ReuseMode mode : ReuseMode.values()) {
                if (mode.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return mode;
                }
            }
            throw new UsageException("'%s' is no value of '--reuse'".formatted(text), "give off, link or copy.");
        });
    }

    private static Optional<Map<String, @Nullable Object>> report(Invocation call, Job job) {
        if (job.subject().isEmpty()) {
            return Optional.empty();
        }
        Backup backup = call.services().catalog().requireBackup(job.server(), job.subject());
        if (!call.words().json()) {
            String outcome = Text.oneLine(job.progress().step()); // all that is left to say when it is done
            Duration taken = Duration.between(
                    backup.span().beginTime(),
                    backup.span().endTime().orElse(backup.span().beginTime()));
            call.console()
                    .out()
                    .println("backup %s of server %s is %s: %s in %s%s"
                            .formatted(
                                    backup.id(),
                                    backup.server(),
                                    backup.status(),
                                    Text.size(backup.size().sizeBytes()),
                                    Text.span(taken),
                                    outcome.isEmpty() ? "" : ", " + outcome));
            call.console().out().flush();
        }
        return Optional.of(BackupJson.of(backup));
    }
}
