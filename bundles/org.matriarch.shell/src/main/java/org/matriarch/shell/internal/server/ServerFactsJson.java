package org.matriarch.shell.internal.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.shell.internal.output.Json;

/** How a server and its receiver stand, as JSON. */
public final class ServerFactsJson {

    private ServerFactsJson() {}

    /** Returns a server's status. */
    public static Map<String, @Nullable Object> of(ServerStatus status) {
        return new Json()
                .add("server", status.server())
                .add("description", status.description())
                .add("active", status.active())
                .add("reachable", status.reachable())
                .add("problem", status.problem())
                .add("postgresVersion", status.postgresVersion())
                .add("systemId", status.systemId())
                .add("timeline", status.timeline())
                .add("standby", status.standby())
                .add("currentLsn", status.currentLsn())
                .add("databaseSizeBytes", status.databaseSizeBytes())
                .add("backups", status.backups())
                .add("backupsDone", status.backupsDone())
                .add("minimumRedundancy", status.minimumRedundancy())
                .add("lastBackup", status.lastBackup())
                .add("lastBackupEnd", status.lastBackupEnd())
                .add("oldestRestorable", status.oldestRestorable())
                .add("walFiles", status.walFiles())
                .add("walBytes", status.walBytes())
                .add("lastArchivedWal", status.lastArchivedWal())
                .add("lastArchivedTime", status.lastArchivedTime())
                .add("walFilesPerHour", status.walFilesPerHour())
                .add("lagBytes", status.lagBytes())
                .add("receiver", of(status.receiver()))
                .build();
    }

    /** Returns a receiver's status. */
    public static Map<String, @Nullable Object> of(ReceiverStatus receiver) {
        return new Json()
                .add("server", receiver.server())
                .add("state", receiver.state())
                .add("since", receiver.since())
                .add("timeline", receiver.timeline())
                .add("writtenLsn", receiver.written())
                .add("flushedLsn", receiver.flushed())
                .add("serverLsn", receiver.serverEnd())
                .add("error", receiver.error())
                .build();
    }
}
