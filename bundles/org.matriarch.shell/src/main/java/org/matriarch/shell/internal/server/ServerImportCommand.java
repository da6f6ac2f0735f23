package org.matriarch.shell.internal.server;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.BarmanImport;
import org.matriarch.api.server.BarmanImportReport;
import org.matriarch.api.server.BarmanImportReport.Change;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Suggestions;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.matriarch.shell.internal.output.Text;

/** Turns Barman's configuration into ours, and says what becomes of each option. */
final class ServerImportCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "server:import",
                        "Turns the configuration of a Barman into files in etc/, whose servers are then under care, with the"
                                + " backups and the WAL that Barman has left. Stop Barman before.")
                .role(Role.ADMIN) // also to look only: it prints what is in whatever file is named
                .argument("BARMAN_CONF", "Barman's main file, such as /etc/barman.conf", Suggestions.NONE)
                .repeatable("--server", "NAME", "import this server only; may be given several times")
                .flag("--dry-run", "print what would be written, and write nothing")
                .flag("--force", "replace files in etc/ that say something else")
                .example("server:import /etc/barman.conf --dry-run")
                .example("server:import /etc/barman.conf --server pg --server pg2")
                .exit(2, "wrong usage, or something that cannot be imported; nothing is written then")
                .build();
    }

    @Override
    public int run(Invocation call) throws InterruptedException {
        boolean dryRun = call.words().has("--dry-run");
        Path file = call.console().resolve(call.words().argument(0));
        var request = new BarmanImport.Request(
                file,
                new HashSet<>(call.words().values("--server")),
                call.words().has("--force"));
        BarmanImport service = call.services().barmanImport();
        BarmanImportReport report = dryRun ? service.plan(request) : service.carryOut(request);
        boolean refused = !report.problems().isEmpty();
        if (call.words().json()) {
            Json.print(call.console(), document(report, dryRun || refused));
        } else {
            print(call.console(), report, dryRun || refused);
        }
        if (refused) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "'%s' cannot be imported because of %s; nothing is written"
                            .formatted(file, Text.count(report.problems().size(), "problem")),
                    "each is listed above with its key and value; --server leaves servers out.");
        }
        return 0;
    }

    private static void print(Console console, BarmanImportReport report, boolean planned) {
        var options = new Table("SECTION", "OPTION", "~VALUE", "BECOMES", "~DETAIL");
        report.options()
                .forEach(option -> options.row(
                        option.section(),
                        option.key(),
                        dash(option.value()),
                        word(option.outcome()),
                        dash(option.detail())));
        options.print(console, "no option was found");
        console.out().println();
        for (BarmanImportReport.File file : report.files()) {
            console.out().println(verb(file.change(), planned) + " " + file.path());
            file.lines().forEach(line -> console.out().println("  " + line));
        }
        if (!report.problems().isEmpty()) {
            console.out().println();
            var problems = new Table("FILE", "KEY", "~VALUE", "~PROBLEM");
            report.problems()
                    .forEach(problem ->
                            problems.row(problem.file(), dash(problem.key()), dash(problem.value()), problem.reason()));
            problems.print(console, "");
        } else if (!planned) {
            console.out().println("imported: " + String.join(", ", report.servers()));
        }
    }

    private static String verb(Change change, boolean planned) {
        return switch (change) {
            case CREATE -> planned ? "would create" : "created";
            case EXTEND -> planned ? "would add to" : "added to";
            case REPLACE -> planned ? "would replace" : "replaced";
            case NONE -> planned ? "would leave as it is" : "left as it is";
        };
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static Map<String, @Nullable Object> document(BarmanImportReport report, boolean planned) {
        return new Json()
                .add("configuration", report.configuration())
                .add("dryRun", planned)
                .add("servers", report.servers())
                .add(
                        "options",
                        report.options().stream()
                                .map(ServerImportCommand::option)
                                .toList())
                .add(
                        "files",
                        report.files().stream().map(ServerImportCommand::file).toList())
                .add("problems", ProblemJson.of(report.problems()))
                .build();
    }

    private static Map<String, @Nullable Object> option(BarmanImportReport.Option option) {
        return new Json()
                .add("section", option.section())
                .add("key", option.key())
                .add("value", option.value())
                .add("outcome", option.outcome())
                .add("detail", option.detail())
                .build();
    }

    private static Map<String, @Nullable Object> file(BarmanImportReport.File file) {
        return new Json()
                .add("path", file.path())
                .add("change", file.change())
                .add("lines", file.lines())
                .build();
    }
}
