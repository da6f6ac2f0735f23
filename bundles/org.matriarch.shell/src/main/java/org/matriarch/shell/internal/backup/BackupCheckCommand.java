package org.matriarch.shell.internal.backup;

import org.matriarch.api.access.Role;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Looks whether the WAL that a backup needs is archived. */
final class BackupCheckCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "backup:check",
                        "Looks whether the WAL that a backup needs is archived, and sets it to DONE, or to FAILED"
                                + " naming the first missing file.")
                .role(Role.OPERATOR)
                .server()
                .backup()
                .example("backup:check main latest")
                .exit(1, "the backup is not DONE")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Backup backup = call.services()
                .catalog()
                .check(call.words().argument(0), call.words().argument(1));
        if (call.words().json()) {
            Backup shown = call.services() // with its WAL counted, and judged
                    .catalog()
                    .requireBackup(backup.server(), backup.id().value());
            Json.print(call.console(), BackupJson.of(shown));
        } else {
            String reason = backup.error().map(Text::oneLine).map(": "::concat).orElse("");
            call.console()
                    .out()
                    .println("backup %s of server %s is %s%s"
                            .formatted(backup.id(), backup.server(), backup.status(), reason));
        }
        return backup.status() == BackupStatus.DONE ? 0 : 1;
    }
}
