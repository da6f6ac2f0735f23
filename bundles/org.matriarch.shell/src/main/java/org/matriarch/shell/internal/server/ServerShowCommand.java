package org.matriarch.shell.internal.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;

/** Shows the configuration in force and the live facts of a server. */
final class ServerShowCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "server:show",
                        "Shows the configuration in force of a server, with secrets masked, and how it stands.")
                .role(Role.VIEWER)
                .server()
                .example("server:show main")
                .build();
    }

    @Override
    public int run(Invocation call) {
        String name = call.words().argument(0);
        Servers servers = call.services().servers();
        servers.requireServer(name);
        Map<String, String> configuration = servers.describe(name);
        ServerStatus status = call.services().statuses().status(name);
        List<ConfigurationProblem> problems =
                Optional.ofNullable(servers.problems().get(name)).orElse(List.of());
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("name", name)
                            .add("configuration", configuration)
                            .add("problems", ProblemJson.of(problems))
                            .add("status", ServerFactsJson.of(status))
                            .add(
                                    "databaseHost",
                                    DatabaseHost.of(call.services(), name).json())
                            .build());
            return 0;
        }
        call.console().out().println("server " + name);
        call.console().out().println("configuration in force:");
        var fields = new Fields();
        configuration.forEach(fields::add);
        fields.print(call.console(), 2);
        RefusedValues.print(call.console(), problems);
        call.console().out().println("now:");
        ServerFields.of(status).print(call.console(), 2);
        call.console().out().println("for the database host:");
        DatabaseHost host = DatabaseHost.of(call.services(), name);
        host.fields().print(call.console(), 2);
        host.settings().forEach(call.console().out()::println);
        return 0;
    }
}
