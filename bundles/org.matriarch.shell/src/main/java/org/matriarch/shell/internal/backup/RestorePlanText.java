package org.matriarch.shell.internal.backup;

import java.io.PrintStream;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.shell.internal.output.Console;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Json;
import org.matriarch.shell.internal.output.Text;

/** What a restore will do, in words and as JSON. */
final class RestorePlanText {

    private RestorePlanText() {}

    static void print(Console console, RestorePlan plan, Optional<ZoneId> assumedZone) {
        Fields fields = new Fields()
                .add("server", plan.request().server())
                .add("backup", plan.backup().id())
                .add("destination", destination(plan))
                .add("delta", plan.request().isDelta())
                .add("target", target(plan.request().target()));
        assumedZone.ifPresent(zone -> fields.add("target time read in zone", zone));
        fields.add("exclusive", plan.request().exclusive())
                .add("timeline", plan.timeline())
                .add("files", "%d, %s".formatted(plan.fileCount(), Text.size(plan.sizeBytes())))
                .add("WAL copied", wal(plan))
                .add("signal file", Text.of(plan.signalFile()));
        plan.tablespaces().forEach((oid, path) -> fields.add("tablespace %d".formatted(oid), path));
        PrintStream out = console.out();
        fields.print(console, 0);
        if (!plan.settings().isEmpty()) {
            out.println("settings written to postgresql.auto.conf:");
            var settings = new Fields();
            plan.settings().forEach(settings::add);
            settings.print(console, 2);
        }
        plan.warnings().forEach(warning -> out.println("WARNING: " + Text.oneLine(warning)));
    }

    /** Returns where the backup goes, and through which command if that is another host. */
    static String destination(RestorePlan plan) {
        String directory = plan.request().destination().toString();
        return plan.request()
                .remoteSshCommand()
                .map(command -> "%s, through %s".formatted(directory, command))
                .orElse(directory);
    }

    private static String wal(RestorePlan plan) {
        if (plan.wal().isEmpty()) {
            return "none";
        }
        return "%s, %s to %s"
                .formatted(
                        Text.count(plan.wal().size(), "file"),
                        plan.wal().get(0),
                        plan.wal().get(plan.wal().size() - 1));
    }

    static Map<String, @Nullable Object> document(RestorePlan plan, Optional<ZoneId> assumedZone, boolean planned) {
        var tablespaces = new LinkedHashMap<String, String>();
        plan.tablespaces().forEach((oid, path) -> tablespaces.put(String.valueOf(oid), path.toString()));
        return new Json()
                .add("server", plan.request().server())
                .add("dryRun", planned)
                .add("backup", plan.backup().id())
                .add("destination", plan.request().destination())
                .add("remoteSshCommand", plan.request().remoteSshCommand())
                .add("delta", plan.request().isDelta())
                .add("target", target(plan.request().target()))
                .add("assumedZone", assumedZone)
                .add("exclusive", plan.request().exclusive())
                .add("timeline", plan.timeline())
                .add("sizeBytes", plan.sizeBytes())
                .add("fileCount", plan.fileCount())
                .add("tablespaces", tablespaces)
                .add("wal", plan.wal().stream().map(WalFileName::value).toList())
                .add("settings", plan.settings())
                .add("signalFile", plan.signalFile())
                .add("warnings", plan.warnings())
                .build();
    }

    private static String target(RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Time time) {
            return "time " + time.time();
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return "xid " + xid.xid();
        }
        if (target instanceof RecoveryTarget.Name name) {
            return "name " + name.name();
        }
        if (target instanceof RecoveryTarget.Position position) {
            return "lsn " + position.lsn();
        }
        return target instanceof RecoveryTarget.Immediate ? "immediate" : "latest";
    }
}
