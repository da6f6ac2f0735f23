package org.matriarch.api.postgres;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.Tablespace;

/**
 * What a running server says of itself.
 *
 * @param clock the server's own clock when it answered
 * @param inRecovery whether it is a standby
 * @param currentLsn write position of a primary, replay position of a standby
 * @param settings values of the settings that backups depend on, as {@code current_setting} gives them, by name:
 *     wal_level, max_wal_senders, max_replication_slots, synchronous_standby_names, archive_mode, archive_command,
 *     data_directory, config_file, hba_file, ident_file, data_checksums, summarize_wal, wal_keep_size (those only that
 *     exist and that the user may see)
 */
public record ServerFacts(
        PostgresVersion version,
        String systemId,
        int timeline,
        long segmentSizeBytes,
        Instant clock,
        boolean inRecovery,
        Optional<Lsn> currentLsn,
        long databaseSizeBytes,
        boolean superuser,
        boolean backupPrivileges,
        boolean monitoringPrivileges,
        List<Tablespace> tablespaces,
        Map<String, String> settings) {

    /** Keeps its own copies. */
    public ServerFacts {
        tablespaces = List.copyOf(tablespaces);
        settings = Map.copyOf(settings);
    }
}
