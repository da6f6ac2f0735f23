package org.matriarch.shell.internal.server;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;

/** Shows how servers stand. */
final class ServerStatusCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "server:status",
                        "Shows the last backup, WAL received and archived, lag, rate, window and redundancy.")
                .role(Role.VIEWER)
                .servers()
                .example("server:status main")
                .example("server:status all --format json")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        int code = ServerNames.forEach(call, names, name -> {
            ServerStatus status = call.services().statuses().status(name);
            if (call.words().json()) {
                documents.add(ServerFactsJson.of(status));
            } else {
                call.console().out().println("server " + name);
                ServerFields.of(status).print(call.console(), 2);
                call.console().out().flush();
            }
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }
}
