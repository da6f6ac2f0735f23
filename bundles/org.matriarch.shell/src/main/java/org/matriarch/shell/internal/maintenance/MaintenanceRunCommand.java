package org.matriarch.shell.internal.maintenance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.schedule.MaintenanceReport;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.shell.internal.backup.DeletionReport;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.command.Words;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** Does now what is otherwise done by itself each minute, and says what that was. */
final class MaintenanceRunCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "maintenance:run",
                        "Does one round of what is done by itself each minute: looks for WAL that backups wait for, finishes"
                                + " deletions that broke off, and enforces the retention policy.")
                .role(Role.OPERATOR, "viewer with --dry-run")
                .servers()
                .flag("--dry-run", "print what the retention policy would have deleted, and do nothing")
                .example("maintenance:run main")
                .example("maintenance:run all --format json")
                .build();
    }

    @Override
    public Role role(Words words) {
        return words.has("--dry-run") ? Role.VIEWER : Role.OPERATOR;
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        boolean dryRun = call.words().has("--dry-run");
        int code = ServerNames.forEach(call, names, name -> {
            documents.add(dryRun ? planned(call, name) : done(call, name));
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }

    private static Map<String, @Nullable Object> planned(Invocation call, String name) {
        ServerConfiguration server = call.services().servers().requireServer(name);
        DeletionPlan plan = server.active() && server.schedule().retention()
                ? call.services().retention().plan(name)
                : new DeletionPlan(name, List.of(), List.of(), 0);
        if (call.words().json()) {
            return DeletionReport.document(plan, true);
        }
        if (plan.isEmpty()) {
            call.console().out().println("server %s: nothing to delete".formatted(name));
        } else {
            DeletionReport.print(call.console(), plan, true);
        }
        return Map.of();
    }

    private static Map<String, @Nullable Object> done(Invocation call, String name) throws InterruptedException {
        MaintenanceReport report = call.services().maintenance().run(name);
        if (!call.words().json()) {
            lines(report).forEach(line -> call.console().out().println("server %s: %s".formatted(name, line)));
        }
        return new Json()
                .add("server", name)
                .add(
                        "rechecked",
                        report.rechecked().stream()
                                .map(MaintenanceRunCommand::status)
                                .toList())
                .add("deleted", report.deleted().stream().map(BackupId::value).toList())
                .add("deletedWal", report.deletedWal())
                .add("freedBytes", report.freedBytes())
                .add("skipped", report.skipped())
                .build();
    }

    private static Map<String, String> status(Backup backup) {
        var status = new LinkedHashMap<String, String>();
        status.put("id", backup.id().value());
        status.put("status", backup.status().name());
        return status;
    }

    private static List<String> lines(MaintenanceReport report) {
        var lines = new ArrayList<String>();
        report.skipped().ifPresent(reason -> lines.add("skipped, " + reason));
        for (Backup backup : report.rechecked()) {
            String reason = backup.error().map(error -> ": " + error).orElse("");
            lines.add("backup %s is %s now%s".formatted(backup.id(), backup.status(), reason));
        }
        report.deleted().forEach(id -> lines.add("deleted backup " + id));
        if (report.deletedWal() > 0) {
            lines.add("deleted " + Text.count(report.deletedWal(), "WAL file"));
        }
        if (report.freedBytes() > 0) {
            lines.add("freed " + Text.size(report.freedBytes()));
        }
        return lines.isEmpty() ? List.of("nothing to do") : lines;
    }
}
