package org.matriarch.shell.internal.server;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;

/** Lists the plugins that are installed or missed. */
final class PluginListCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "plugin:list",
                        "Lists stores, transports, compressors and hook runners: their bundle, state and users.")
                .role(Role.VIEWER)
                .example("plugin:list")
                .build();
    }

    @Override
    public int run(Invocation call) {
        Plugins plugins = call.services().plugins();
        if (call.words().json()) {
            Json.print(call.console(), documents(plugins));
            return 0;
        }
        var table = new Table("KIND", "ID", "STATE", "VERSION", "BUNDLE", "~USED BY");
        for (PluginInfo plugin : plugins.plugins()) {
            table.row(
                    plugin.kind(),
                    plugin.id(),
                    plugin.state(),
                    plugin.version(),
                    plugin.bundle(),
                    plugin.usedBy().isEmpty() ? "-" : String.join(", ", plugin.usedBy()));
        }
        table.print(call.console(), "no plugin is installed");
        plugins.plugins().stream()
                .flatMap(plugin -> plugin.problem().stream())
                .forEach(problem -> call.console().note("refused: " + problem));
        return 0;
    }

    static List<Map<String, @Nullable Object>> documents(Plugins plugins) {
        return plugins.plugins().stream()
                .map(plugin -> new Json()
                        .add("kind", plugin.kind())
                        .add("id", plugin.id())
                        .add("state", plugin.state())
                        .add("version", plugin.version())
                        .add("bundle", plugin.bundle())
                        .add("usedBy", plugin.usedBy())
                        .add("problem", plugin.problem())
                        .build())
                .toList();
    }
}
