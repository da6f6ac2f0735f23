package org.matriarch.shell.internal.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.matriarch.shell.internal.output.Text;

/** Lists the backups of servers. */
final class BackupListCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("backup:list", "Lists the backups of servers, newest first.")
                .role(Role.VIEWER)
                .servers()
                .flag("--minimal", "print ids only")
                .example("backup:list main")
                .example("backup:list all --format json")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var backups = new ArrayList<Backup>();
        int code = ServerNames.forEach(call, names, name -> {
            var ofServer = new ArrayList<Backup>();
            call.services().catalog().backups(name).forEach(backup -> ofServer.add(0, backup));
            backups.addAll(ofServer);
            return 0;
        });
        if (call.words().json()) {
            boolean minimal = call.words().has("--minimal");
            Json.print(
                    call.console(),
                    backups.stream()
                            .map(backup -> minimal ? backup.id().value() : BackupJson.of(backup))
                            .toList());
        } else if (call.words().has("--minimal")) {
            backups.forEach(backup -> call.console().out().println(backup.id()));
        } else {
            print(call, backups, code == 0 ? "no backups" : "");
        }
        return code;
    }

    private static void print(Invocation call, List<Backup> backups, String ifEmpty) {
        var table = new Table("SERVER", "BACKUP", "~NAME", "STATUS", "KIND", "ENDED", ">SIZE", ">WAL", "RETENTION");
        for (Backup backup : backups) {
            table.row(
                    backup.server(),
                    backup.id(),
                    Text.of(backup.name()),
                    backup.status(),
                    backup.kind().name().toLowerCase(Locale.ROOT),
                    Text.time(backup.span().endTime()),
                    BackupFields.size(backup, backup.size().sizeBytes()),
                    BackupFields.size(backup, backup.size().walBytes()),
                    backup.retention().label());
        }
        table.print(call.console(), ifEmpty);
        backups.stream()
                .filter(BackupListCommand::brokeOff)
                .findFirst()
                .ifPresent(backup -> call.console()
                        .note(
                                "HINT: backup %s of server %s broke off; the next backup:create takes over what it has stored,"
                                                .formatted(backup.id(), backup.server())
                                        + " unless backup_method is streaming; backup:delete %s %s removes it."
                                                .formatted(backup.server(), backup.id())));
    }

    private static boolean brokeOff(Backup backup) {
        return backup.status() == BackupStatus.FAILED && backup.span().endLsn().isEmpty();
    }
}
