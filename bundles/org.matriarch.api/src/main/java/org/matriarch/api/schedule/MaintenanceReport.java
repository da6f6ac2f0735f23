package org.matriarch.api.schedule;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;

/**
 * What one round did for a server.
 *
 * @param rechecked backups whose status is another one now
 * @param deleted in the order in which they went
 * @param deletedWal how many WAL files the retention policy had deleted
 * @param freedBytes in the store, by the retention policy
 * @param skipped why there was no round; empty if there was one
 */
public record MaintenanceReport(
        String server,
        List<Backup> rechecked,
        List<BackupId> deleted,
        int deletedWal,
        long freedBytes,
        Optional<String> skipped) {

    /** Keeps its own copies. */
    public MaintenanceReport {
        rechecked = List.copyOf(rechecked);
        deleted = List.copyOf(deleted);
    }

    /** A round that there was not. */
    public static MaintenanceReport skipped(String server, String reason) {
        return new MaintenanceReport(server, List.of(), List.of(), 0, 0, Optional.of(reason));
    }

    /** Returns whether there was nothing to do. */
    public boolean isEmpty() {
        return rechecked.isEmpty() && deleted.isEmpty() && deletedWal == 0;
    }
}
