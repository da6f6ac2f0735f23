package org.matriarch.shell.internal.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Rebuilds the index of WAL archives. */
final class WalReindexCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "wal:reindex", "Rebuilds the WAL index from the archive, atomically, while archiving goes on.")
                .role(Role.OPERATOR)
                .servers()
                .example("wal:reindex main")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        int code = ServerNames.forEach(call, names, name -> {
            ServerConfiguration server = call.services().servers().requireServer(name);
            int entries =
                    call.services().repositories().repository(server).wal().reindex();
            documents.add(new Json().add("server", name).add("files", entries).build());
            if (!call.words().json()) {
                call.console().out().println("server %s: %s indexed".formatted(name, Text.count(entries, "WAL file")));
            }
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }
}
