package org.matriarch.core.postgres.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.ServerFacts;

/** Asks a server about itself, in ways that an ordinary user is allowed and that a standby answers. */
final class ServerFactsReader {

    /** The settings that backups depend on; pg_settings leaves out those that the user may not see. */
    private static final String SETTINGS = """
            SELECT name, current_setting(name)
              FROM pg_settings
             WHERE name IN ('wal_level', 'max_wal_senders', 'max_replication_slots', 'synchronous_standby_names',
                            'archive_mode', 'archive_command', 'data_directory', 'config_file', 'hba_file',
                            'ident_file', 'data_checksums', 'summarize_wal', 'wal_keep_size')
            """;

    private static final String POSITION = """
            SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
            """;

    /** A primary's timeline stands in the name of its current segment; that of a standby only in its control file. */
    private static final String TIMELINE = """
            SELECT CASE WHEN pg_is_in_recovery()
                        THEN (SELECT greatest(c.timeline_id, r.min_recovery_end_timeline)
                                FROM pg_control_checkpoint() c, pg_control_recovery() r)
                        ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int
                   END
            """;

    /** pg_database_size refuses a database that the user may not connect to. */
    private static final String SIZE = """
            SELECT coalesce(sum(pg_database_size(oid)), 0)
              FROM pg_database
             WHERE datallowconn AND (has_database_privilege(oid, 'CONNECT')
                                     OR pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER'))
            """;

    private static final String TABLESPACES = """
            SELECT spcname, oid, pg_tablespace_location(oid)
              FROM pg_tablespace
             WHERE spcname NOT IN ('pg_default', 'pg_global')
             ORDER BY oid
            """;

    private static final String PRIVILEGES = """
            SELECT r.rolsuper,
                   r.rolsuper OR (has_function_privilege('%s', 'EXECUTE')
                                  AND has_function_privilege('%s', 'EXECUTE')
                                  AND has_function_privilege('pg_switch_wal()', 'EXECUTE')
                                  AND has_function_privilege('pg_create_restore_point(text)', 'EXECUTE')),
                   r.rolsuper OR pg_has_role(current_user, 'pg_monitor', 'MEMBER')
                              OR (pg_has_role(current_user, 'pg_read_all_settings', 'MEMBER')
                                  AND pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER'))
              FROM pg_roles r
             WHERE r.rolname = current_user
            """;

    private static final int FIRST_WITH_NEW_NAMES = 15;

    private final Connection sql;

    ServerFactsReader(Connection sql) {
        this.sql = sql;
    }

    ServerFacts read() throws SQLException {
        PostgresVersion version =
                new PostgresVersion(Integer.parseInt(text("SELECT current_setting('server_version_num')")));
        List<Boolean> privileges = privileges(PRIVILEGES.formatted(startFunction(version), stopFunction(version)));
        return new ServerFacts(
                version,
                text("SELECT system_identifier FROM pg_control_system()"),
                Integer.parseInt(text(TIMELINE)),
                Long.parseLong(text("SELECT pg_size_bytes(current_setting('wal_segment_size'))")),
                clock(),
                Boolean.parseBoolean(text("SELECT pg_is_in_recovery()::text")),
                findText(POSITION).map(Lsn::parse),
                Long.parseLong(text(SIZE)),
                privileges.get(0),
                privileges.get(1),
                privileges.get(2),
                tablespaces(),
                settings());
    }

    /** Returns the names of the functions that begin and end a backup. */
    static String backupFunctions(PostgresVersion version) {
        return "%s, %s".formatted(startFunction(version), stopFunction(version));
    }

    private static String startFunction(PostgresVersion version) {
        return version.major() >= FIRST_WITH_NEW_NAMES
                ? "pg_backup_start(text,boolean)"
                : "pg_start_backup(text,boolean,boolean)";
    }

    private static String stopFunction(PostgresVersion version) {
        return version.major() >= FIRST_WITH_NEW_NAMES ? "pg_backup_stop(boolean)" : "pg_stop_backup(boolean,boolean)";
    }

    private Instant clock() throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery("SELECT clock_timestamp()")) {
            rows.next();
            return rows.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    private String text(String query) throws SQLException {
        return findText(query).orElseThrow(() -> new SQLException("no answer to: " + query.strip()));
    }

    private Optional<String> findText(String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
        }
    }

    private List<Boolean> privileges(String query) throws SQLException {
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return List.of(rows.getBoolean(1), rows.getBoolean(2), rows.getBoolean(3));
        }
    }

    private List<Tablespace> tablespaces() throws SQLException {
        List<Tablespace> tablespaces = new ArrayList<>();
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(TABLESPACES)) {
            while (rows.next()) {
                tablespaces.add(new Tablespace(rows.getString(1), rows.getLong(2), rows.getString(3)));
            }
        }
        return tablespaces;
    }

    private Map<String, String> settings() throws SQLException {
        Map<String, String> settings = new LinkedHashMap<>();
        try (Statement statement = sql.createStatement();
                ResultSet rows = statement.executeQuery(SETTINGS)) {
            while (rows.next()) {
                settings.put(rows.getString(1), rows.getString(2));
            }
        }
        return settings;
    }
}
