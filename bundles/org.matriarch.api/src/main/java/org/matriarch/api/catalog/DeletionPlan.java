package org.matriarch.api.catalog;

import java.util.List;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.WalFileName;

/** What deleting a backup removes: itself, what depends on it, and the WAL that nothing needs any more. */
public record DeletionPlan(String server, List<Backup> backups, List<WalFileName> wal, long freedBytes) {

    /** Returns whether there is nothing to remove. */
    public boolean isEmpty() {
        return backups.isEmpty() && wal.isEmpty();
    }
}
