package org.matriarch.core.wal.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.WalSwitch;

/** Makes a server close its current segment. */
final class WalSwitcher {

    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    private final PostgresConnections connections;

    WalSwitcher(PostgresConnections connections) {
        this.connections = connections;
    }

    /** What the server said before and after. */
    private record Places(Lsn before, Lsn switched, int timeline, long segmentSizeBytes) {}

    WalSwitch switchWal(ServerConfiguration server, boolean force) {
        try (Connection connection = connections.openSql(server);
                Statement statement = connection.createStatement()) {
            if (text(statement, "SELECT pg_catalog.pg_is_in_recovery()::text").equals("true")) {
                throw new MatriarchException(
                        ErrorCode.POSTGRES_SETTINGS,
                        "unable to switch the WAL segment of '%s': it is a standby".formatted(server.name()),
                        "a standby writes no WAL of its own; run the command for its primary, or wait for traffic there.");
            }
            if (force) {
                statement.execute("CHECKPOINT");
            }
            return new WalSwitch(server.name(), closed(ask(statement)));
        } catch (SQLException e) {
            throw refused(server, e);
        }
    }

    private static Places ask(Statement statement) throws SQLException {
        // The first eight digits of the name are the only way to the timeline that needs no privilege.
        String timeline = text(
                statement,
                "SELECT pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8)");
        Lsn before = Lsn.parse(text(statement, "SELECT pg_catalog.pg_current_wal_insert_lsn()::text"));
        long size = Long.parseLong(text(
                statement, "SELECT pg_catalog.pg_size_bytes(pg_catalog.current_setting('wal_segment_size'))::text"));
        Lsn switched = Lsn.parse(text(statement, "SELECT pg_catalog.pg_switch_wal()::text"));
        return new Places(before, switched, Integer.parseUnsignedInt(timeline, 16), size);
    }

    /**
     * Returns which segment was closed. The position that the server names lies within it; where there was nothing to
     * close, it is the start of the one in use.
     */
    private static Optional<WalFileName> closed(Places places) {
        long size = places.segmentSizeBytes();
        Lsn start = places.switched().segmentStart(size);
        if (!start.equals(places.switched())) {
            return Optional.of(WalFileName.ofSegment(places.timeline(), places.switched(), size));
        }
        return places.before().isBefore(start)
                ? Optional.of(WalFileName.ofSegment(places.timeline(), start.plus(-1), size))
                : Optional.empty();
    }

    private static String text(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException("no row from: " + sql);
            }
            return row.getString(1);
        }
    }

    private static MatriarchException refused(ServerConfiguration server, SQLException e) {
        String what =
                "unable to switch the WAL segment of '%s': %s".formatted(server.name(), PostgresException.reason(e));
        if (INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
            return new MatriarchException(
                    ErrorCode.POSTGRES_PRIVILEGE,
                    what,
                    "GRANT EXECUTE ON FUNCTION pg_switch_wal() to the user of 'conninfo'; --force needs the role"
                            + " pg_checkpoint (15 and newer) or a superuser.",
                    e);
        }
        return new MatriarchException(ErrorCode.POSTGRES_ERROR, what, "look into the log of the server.", e);
    }
}
