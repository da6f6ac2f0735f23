package org.matriarch.shell.internal.server;

import java.util.Locale;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.shell.internal.output.Fields;
import org.matriarch.shell.internal.output.Text;

/** How a server stands, for people. */
final class ServerFields {

    private ServerFields() {}

    static Fields of(ServerStatus status) {
        return new Fields()
                .add("description", status.description())
                .add("active", status.active())
                .add("reachable", status.reachable())
                .add("problem", Text.of(status.problem()))
                .add("PostgreSQL version", Text.of(status.postgresVersion()))
                .add("system id", Text.of(status.systemId()))
                .add("timeline", Text.of(status.timeline()))
                .add("standby", Text.of(status.standby()))
                .add("current LSN", Text.of(status.currentLsn()))
                .add("database size", Text.size(status.databaseSizeBytes()))
                .add("backups", "%d, of which done %d".formatted(status.backups(), status.backupsDone()))
                .add("minimum redundancy", status.minimumRedundancy())
                .add("last backup", Text.of(status.lastBackup()))
                .add("last backup ended", Text.time(status.lastBackupEnd()))
                .add("restorable from", Text.time(status.oldestRestorable()))
                .add(
                        "WAL archived",
                        "%s, %s".formatted(Text.count(status.walFiles(), "file"), Text.size(status.walBytes())))
                .add("last WAL archived", Text.of(status.lastArchivedWal()))
                .add("last WAL archived at", Text.time(status.lastArchivedTime()))
                .add("WAL rate", String.format(Locale.ROOT, "%.1f files/hour", status.walFilesPerHour()))
                .add("lag", status.lagBytes().map(Text::size).orElse("-"))
                .add("receiver", status.receiver().state())
                .add("receiver since", Text.time(status.receiver().since()))
                .add("receiver flushed", Text.of(status.receiver().flushed()))
                .addError("receiver ", status.receiver().error());
    }
}
