package org.matriarch.shell.internal.server;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.model.Backup;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.UsageException;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks whether servers are well cared for. */
final class ServerCheckCommand implements ShellCommand {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ServerCheckCommand.class);

    @Override
    public CommandSpec spec() {
        return CommandSpec.of("server:check", "Checks configuration, connections, WAL and backups of servers.")
                .role(Role.VIEWER)
                .servers()
                .flag("--nagios", "print one line for Nagios")
                .example("server:check main")
                .example("server:check all --nagios")
                .exit(1, "a check failed, or a server could not be checked")
                .exit(2, "wrong usage or configuration; with --nagios also what is 1 without")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        if (call.words().has("--nagios") && call.words().json()) {
            throw new UsageException(
                    "options '--nagios' and '--format json' exclude each other",
                    "Nagios reads one line; give one of them.");
        }
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var results = new LinkedHashMap<String, List<CheckResult>>();
        int code = ServerNames.forEach(call, names, name -> {
            results.put(name, call.services().checks().check(name));
            return 0;
        });
        if (call.words().has("--nagios")) {
            NagiosReport report = NagiosReport.of(results, code != 0, performance(call, results.keySet()));
            call.console().out().println(report.line());
            return report.exitCode();
        }
        if (call.words().json()) {
            Json.print(
                    call.console(),
                    results.entrySet().stream()
                            .map(ServerCheckCommand::document)
                            .toList());
        } else {
            print(call, results);
        }
        boolean failed = results.values().stream().anyMatch(ServerCheckCommand::hasFailed);
        return Math.max(code, failed ? 1 : 0);
    }

    static boolean hasFailed(List<CheckResult> results) {
        return results.stream().anyMatch(result -> result.outcome() == Outcome.FAILED);
    }

    /** The sizes are an addition; what is wrong with the repository is a check's to say. */
    private static String performance(Invocation call, Set<String> servers) throws InterruptedException {
        var sizes = new StringJoiner(" ");
        for (String server : servers) {
            try {
                List<Backup> backups = BoundedQuestion.ask(
                                () -> call.services().catalog().backups(server))
                        .await(PATIENCE);
                long stored = backups.stream()
                        .mapToLong(backup -> backup.size().storedBytes())
                        .sum();
                long wal = backups.stream()
                        .mapToLong(backup -> backup.size().walBytes())
                        .sum();
                sizes.add("%s=%dB".formatted(server, stored)).add("%s_wals=%dB".formatted(server, wal));
            } catch (ExecutionException e) {
                LOG.debug("no sizes of server '{}'", server, e);
            } catch (TimeoutException e) {
                LOG.debug("no sizes of server '{}' in time", server, e);
                break; // a second repository is likely to lie on the same disk
            }
        }
        return sizes.toString();
    }

    private static void print(Invocation call, Map<String, List<CheckResult>> results) {
        var table = new Table("SERVER", "~CHECK", "RESULT", "~DETAIL", "~HINT");
        results.forEach((server, checks) -> checks.forEach(
                check -> table.row(server, check.name(), check.outcome(), check.detail(), check.hint())));
        table.print(call.console(), results.isEmpty() ? "" : "no check is installed");
    }

    private static Object document(Map.Entry<String, List<CheckResult>> entry) {
        return new Json()
                .add("server", entry.getKey())
                .add("ok", !hasFailed(entry.getValue()))
                .add("checks", documents(entry.getValue()))
                .build();
    }

    /** Returns the results of a server as JSON. */
    static List<Map<String, @Nullable Object>> documents(List<CheckResult> results) {
        return results.stream()
                .map(check -> new Json()
                        .add("name", check.name())
                        .add("status", check.outcome())
                        .add("detail", check.detail())
                        .add("hint", check.hint())
                        .build())
                .toList();
    }
}
