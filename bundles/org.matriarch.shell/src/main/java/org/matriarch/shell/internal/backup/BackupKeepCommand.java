package org.matriarch.shell.internal.backup;

import java.util.Optional;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.output.Json;

/** Keeps a backup whatever the retention policy says. */
final class BackupKeepCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "backup:keep", "Keeps a backup, whatever the retention policy says, until it is released.")
                .role(Role.OPERATOR, "viewer with --status, admin with --release")
                .server()
                .backup()
                .option(
                        "--target",
                        "full|standalone",
                        "full: recovery to any time from it on stays possible; standalone: recovery to the backup itself does",
                        Suggestions.choice("full", "standalone"))
                .flag("--release", "keep it no longer")
                .flag("--status", "print what it is kept for")
                .example("backup:keep main oldest --target standalone")
                .example("backup:keep main 20261120T031500 --release")
                .build();
    }

    @Override
    public Role role(Words words) {
        // What is kept no longer is what the policy deletes.
        return words.has("--release") ? Role.ADMIN : words.has("--status") ? Role.VIEWER : Role.OPERATOR;
    }

    @Override
    public int run(Invocation call) {
        String server = call.words().argument(0);
        String selector = call.words().argument(1);
        Optional<KeepTarget> target = call.words().value("--target").map(BackupKeepCommand::target);
        boolean release = call.words().has("--release");
        boolean status = call.words().has("--status");
        if ((target.isPresent() ? 1 : 0) + (release ? 1 : 0) + (status ? 1 : 0) != 1) {
            throw new MatriarchException(
                    ErrorCode.USAGE, "say one of --target, --release and --status", "see 'backup:keep --help'.");
        }
        Backup backup = status
                ? call.services().catalog().requireBackup(server, selector)
                : call.services().retention().keep(server, selector, target);
        String kept = kept(backup);
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("server", server)
                            .add("id", backup.id().value())
                            .add("keep", kept)
                            .build());
        } else if (status) {
            call.console().out().println(kept);
        } else {
            call.console()
                    .out()
                    .println((release
                                    ? "backup %s of server %s is kept no longer"
                                    : "backup %s of server %s is kept: %s")
                            .formatted(backup.id(), server, kept));
        }
        return 0;
    }

    private static String kept(Backup backup) {
        return backup.retention() == RetentionStatus.KEEP_FULL
                ? KeepTarget.FULL.word()
                : backup.retention() == RetentionStatus.KEEP_STANDALONE ? KeepTarget.STANDALONE.word() : "nokeep";
    }

    private static KeepTarget target(String word) {
        return KeepTarget.find(word)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.USAGE,
                        "'%s' is no target".formatted(word),
                        "use '--target full' or '--target standalone'."));
    }
}
