package org.matriarch.shell.internal.backup;

import java.util.List;
import java.util.Locale;
import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Json;

/** Lists the files of a backup. */
final class BackupFilesCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("backup:files", "Lists the files of a backup, one per line.")
                .role(Role.VIEWER)
                .server()
                .backup()
                .option(
                        "--target",
                        "data|standalone|wal|full",
                        "data: the data directory and tablespaces; standalone: these and the WAL that makes them"
                                + " consistent; wal: the WAL up to the next backup; full: data and all that WAL."
                                + " standalone if not given",
                        Suggestions.choice("data", "standalone", "wal", "full"))
                .example("backup:files main latest --target data")
                .build();
    }

    @Override
    public int run(Invocation call) {
        String server = call.words().argument(0);
        // The word may mean another backup a moment later: what is listed is what is named.
        String backup = call.services()
                .catalog()
                .requireBackup(server, call.words().argument(1))
                .id()
                .value();
        String target = call.words()
                .choice("--target", List.of("data", "standalone", "wal", "full"))
                .orElse("standalone");
        List<String> files =
                call.services().catalog().files(server, backup, FileSelection.valueOf(target.toUpperCase(Locale.ROOT)));
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("server", server)
                            .add("backup", backup)
                            .add("target", target)
                            .add("files", files)
                            .build());
        } else {
            files.forEach(call.console().out()::println);
        }
        return 0;
    }
}
