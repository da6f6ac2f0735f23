package org.matriarch.shell.internal.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;

/** Lists the servers under care. */
final class ServerListCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("server:list", "Lists the configured servers.")
                .role(Role.VIEWER)
                .example("server:list")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Servers servers = call.services().servers();
        Map<String, List<ConfigurationProblem>> problems = servers.problems();
        var table = new Table("SERVER", "STATE", "~DESCRIPTION", "STORE", "METHOD", "~REFUSED");
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        for (String name : ServerNames.known(servers)) {
            Optional<ServerConfiguration> server = servers.findServer(name);
            List<ConfigurationProblem> refused = problems.getOrDefault(name, List.of());
            String state =
                    server.map(found -> found.active() ? "active" : "inactive").orElse("refused");
            table.row(
                    name,
                    state,
                    server.map(ServerConfiguration::description).orElse("-"),
                    server.map(found -> found.repository().store()).orElse("-"),
                    server.map(found -> found.backup().method()).orElse("-"),
                    refused.isEmpty() ? "-" : problem(refused.get(0)));
            documents.add(new Json()
                    .add("name", name)
                    .add("state", state)
                    .add("description", server.map(ServerConfiguration::description))
                    .add("active", server.map(ServerConfiguration::active))
                    .add("repository", server.map(found -> found.repository().store()))
                    .add("backupMethod", server.map(found -> found.backup().method()))
                    .add("problems", ProblemJson.of(refused))
                    .build());
        }
        if (call.words().json()) {
            Json.print(call.console(), documents);
        } else {
            table.print(call.console(), "no server is configured; add a file etc/org.matriarch.server-<name>.cfg");
        }
        return 0;
    }

    private static String problem(ConfigurationProblem problem) {
        return "%s = %s: %s".formatted(problem.key(), problem.value(), problem.reason());
    }
}
