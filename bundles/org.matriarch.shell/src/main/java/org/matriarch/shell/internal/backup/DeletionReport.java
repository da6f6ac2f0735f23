package org.matriarch.shell.internal.backup;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** What a deletion removes, or has removed. */
public final class DeletionReport {

    private DeletionReport() {}

    /** Prints it, a line for each backup; {@code planned} if nothing has happened yet. */
    public static void print(Console console, DeletionPlan plan, boolean planned) {
        String verb = planned ? "would delete" : "deleted";
        for (Backup backup : plan.backups()) {
            console.out()
                    .println("%s backup %s of server %s, %s"
                            .formatted(
                                    verb,
                                    backup.id(),
                                    plan.server(),
                                    Text.size(backup.size().storedBytes())));
        }
        if (!plan.wal().isEmpty()) {
            console.out()
                    .println("%s %s, %s to %s"
                            .formatted(
                                    verb,
                                    Text.count(plan.wal().size(), "WAL file"),
                                    plan.wal().get(0),
                                    plan.wal().get(plan.wal().size() - 1)));
        }
        console.out().println("%s %s".formatted(planned ? "would free" : "freed", Text.size(plan.freedBytes())));
    }

    /** Returns it as JSON. */
    public static Map<String, @Nullable Object> document(DeletionPlan plan, boolean planned) {
        return new Json()
                .add("server", plan.server())
                .add("dryRun", planned)
                .add("backups", plan.backups().stream().map(BackupJson::of).toList())
                .add("wal", plan.wal().stream().map(WalFileName::value).toList())
                .add("freedBytes", plan.freedBytes())
                .build();
    }
}
