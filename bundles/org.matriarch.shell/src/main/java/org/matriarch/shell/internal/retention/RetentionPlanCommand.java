package org.matriarch.shell.internal.retention;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.access.Role;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.model.Backup;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.shell.internal.backup.BackupJson;
import org.matriarch.shell.internal.backup.DeletionReport;
import org.matriarch.shell.internal.command.CommandSpec;
import org.matriarch.shell.internal.command.Invocation;
import org.matriarch.shell.internal.command.ServerNames;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Table;
import org.matriarch.shell.internal.output.Text;

/** Shows what the retention policy says of each backup, and what it would have deleted. */
final class RetentionPlanCommand implements ShellCommand {

    @Override
    public CommandSpec spec() {
        return CommandSpec.of(
                        "retention:plan",
                        "Shows what the retention policy says of each backup, and what 'retention:apply' would delete.")
                .role(Role.VIEWER)
                .servers()
                .example("retention:plan main")
                .example("retention:plan all --format json")
                .build();
    }

    @Override
    public int run(Invocation call) throws IOException, InterruptedException {
        List<String> names = ServerNames.expand(call.services(), call.words().argumentsFrom(0));
        var documents = new ArrayList<Map<String, @Nullable Object>>();
        int code = ServerNames.forEach(call, names, name -> {
            RepositorySettings settings =
                    call.services().servers().requireServer(name).repository();
            DeletionPlan plan = call.services().retention().plan(name);
            List<Backup> backups = call.services().catalog().backups(name);
            if (call.words().json()) {
                documents.add(document(settings, backups, plan));
            } else {
                print(call, name, settings, backups, plan);
            }
            return 0;
        });
        if (call.words().json()) {
            Json.print(call.console(), documents);
        }
        return code;
    }

    private static void print(
            Invocation call, String name, RepositorySettings settings, List<Backup> backups, DeletionPlan plan) {
        call.console()
                .out()
                .println("server %s: %s, minimum redundancy %d"
                        .formatted(
                                name,
                                settings.retention().map(Object::toString).orElse("no retention policy"),
                                settings.minimumRedundancy()));
        var table = new Table("BACKUP", "STATUS", "KIND", "ENDED", ">SIZE", "RETENTION");
        for (int i = backups.size() - 1; i >= 0; i--) {
            Backup backup = backups.get(i);
            table.row(
                    backup.id(),
                    backup.status(),
                    backup.kind().name().toLowerCase(Locale.ROOT),
                    Text.time(backup.span().endTime()),
                    Text.size(backup.size().sizeBytes()),
                    backup.retention().label());
        }
        table.print(call.console(), "no backups");
        if (plan.isEmpty()) {
            call.console().out().println("nothing to delete");
        } else {
            DeletionReport.print(call.console(), plan, true);
        }
    }

    private static Map<String, @Nullable Object> document(
            RepositorySettings settings, List<Backup> backups, DeletionPlan plan) {
        return new Json()
                .add("server", plan.server())
                .add("retentionPolicy", settings.retention().map(Object::toString))
                .add("minimumRedundancy", settings.minimumRedundancy())
                .add("backups", backups.stream().map(BackupJson::of).toList())
                .add("deletion", DeletionReport.document(plan, true))
                .build();
    }
}
