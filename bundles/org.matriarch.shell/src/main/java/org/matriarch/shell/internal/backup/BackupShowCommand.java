package org.matriarch.shell.internal.backup;

import org.matriarch.api.access.Role;
import org.matriarch.api.model.Backup;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;

/** Shows one backup. */
final class BackupShowCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("backup:show", "Shows all that is known of a backup.")
                .role(Role.VIEWER)
                .server()
                .backup()
                .example("backup:show main latest")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Backup backup = call.services()
                .catalog()
                .requireBackup(call.words().argument(0), call.words().argument(1));
        if (call.words().json()) {
            Json.print(call.console(), BackupJson.of(backup));
        } else {
            BackupFields.of(backup).print(call.console(), 0);
        }
        return 0;
    }
}
