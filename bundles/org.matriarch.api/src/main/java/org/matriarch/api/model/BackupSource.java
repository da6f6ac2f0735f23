package org.matriarch.api.model;

import java.util.List;

/**
 * The server that a backup was taken from, as it was then.
 *
 * @param systemId PostgreSQL's database system identifier, decimal; empty while unknown
 * @param timeline the timeline at the start of the backup; 0 while unknown
 * @param dataDirectory absolute path on the server; empty if the user may not see it
 */
public record BackupSource(
        String systemId,
        PostgresVersion version,
        int timeline,
        long segmentSizeBytes,
        String dataDirectory,
        List<Tablespace> tablespaces) {

    /** Keeps its own copy of the tablespaces. */
    public BackupSource {
        tablespaces = List.copyOf(tablespaces);
    }
}
