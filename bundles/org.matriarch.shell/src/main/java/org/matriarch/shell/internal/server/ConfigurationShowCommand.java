package org.matriarch.shell.internal.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ConfiguredOption;
import org.matriarch.api.server.ConfiguredOption.Source;
import org.matriarch.api.server.Servers;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;

/** Shows each option of a server: what is in force, where that comes from, and what is refused. */
final class ConfigurationShowCommand implements ShellCommand {

    private static final String MINIMAL = "--minimal";

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "configuration:show",
                        "Shows each option of a server with the value in force and where it comes from, with secrets masked.")
                .role(Role.VIEWER)
                .server()
                .flag(MINIMAL, "leave out what no file says anything of")
                .example("configuration:show main")
                .example("configuration:show main --minimal")
                .build();
    }

    @Override
    public int run(Invocation call) {
        String name = call.words().argument(0);
        List<ConfiguredOption> options = call.services().options().options(name).stream()
                .filter(option -> !call.words().has(MINIMAL)
                        || option.source() != Source.DEFAULT
                        || option.refused().isPresent())
                .toList();
        List<ConfigurationProblem> problems = problems(call.services().servers(), name);
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    new Json()
                            .add("name", name)
                            .add(
                                    "options",
                                    options.stream()
                                            .map(ConfigurationShowCommand::document)
                                            .toList())
                            .add("problems", ProblemJson.of(problems))
                            .build());
            return 0;
        }
        var table = new Table("OPTION", "~VALUE", "SOURCE");
        options.forEach(option -> table.row(option.key(), option.value(), source(option)));
        table.print(call.console(), "no option is set");
        RefusedValues.print(call.console(), problems);
        return 0;
    }

    /** Of the server's file, and of the one that holds for all. */
    private static List<ConfigurationProblem> problems(Servers servers, String name) {
        Map<String, List<ConfigurationProblem>> all = servers.problems();
        var problems = new ArrayList<>(all.getOrDefault(name, List.of()));
        problems.addAll(all.getOrDefault("", List.of()));
        return problems;
    }

    private static String source(ConfiguredOption option) {
        return switch (option.source()) {
            case DEFAULT -> "default";
            case LAST_GOOD -> "last good";
            default -> "etc/" + option.file();
        };
    }

    private static Map<String, @Nullable Object> document(ConfiguredOption option) {
        return new Json()
                .add("key", option.key())
                .add("value", option.value())
                .add("source", option.source())
                .add("file", Optional.of(option.file()).filter(file -> !file.isEmpty()))
                .add(
                        "refused",
                        option.refused()
                                .map(problem -> ProblemJson.of(List.of(problem)).get(0)))
                .build();
    }
}
