package org.matriarch.api.postgres;

import java.util.List;
import org.matriarch.api.model.Lsn;

/**
 * What the server says before the first byte of a base backup.
 *
 * @param estimatedBytes 0 if it gives none
 */
public record BaseBackupStart(Lsn startLsn, int timeline, List<TablespaceArea> tablespaces, long estimatedBytes) {

    /** A tablespace that will follow. */
    public record TablespaceArea(long oid, String location) {}

    /** Keeps its own copy. */
    public BaseBackupStart {
        tablespaces = List.copyOf(tablespaces);
    }
}
