package org.matriarch.core.wal.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.server.ServerConfiguration;

/** Looks at replication slots by SQL, since before PostgreSQL 15 the replication protocol cannot. */
final class Slots {

    private final PostgresConnections connections;

    Slots(PostgresConnections connections) {
        this.connections = connections;
    }

    /**
     * A replication slot.
     *
     * @param restart the oldest WAL that it holds back; empty if it never held any, or lost it
     * @param lost whether the server has thrown away what it should hold
     */
    record Slot(boolean physical, boolean active, Optional<Lsn> restart, boolean lost) {}

    /**
     * Returns a slot, or nothing if there is none.
     *
     * @throws MatriarchException if the server cannot be asked
     */
    Optional<Slot> find(ServerConfiguration server, String name) {
        try (Connection connection = connections.openSql(server);
                PreparedStatement statement = connection.prepareStatement("SELECT slot_type, active, restart_lsn::text,"
                        + " wal_status FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(read(row)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_ERROR,
                    "unable to look for replication slot '%s' of server '%s': %s"
                            .formatted(name, server.name(), PostgresException.reason(e)),
                    "see whether 'conninfo' connects with a user who may read pg_replication_slots.",
                    e);
        }
    }

    private static Slot read(ResultSet row) throws SQLException {
        return new Slot(
                "physical".equals(row.getString(1)),
                row.getBoolean(2),
                Optional.ofNullable(row.getString(3)).map(Lsn::parse),
                "lost".equals(row.getString(4)));
    }

    /** Returns the error of a slot that is not there and may not be created unasked. */
    static MatriarchException missing(ServerConfiguration server, String name) {
        return new MatriarchException(
                ErrorCode.SLOT_UNAVAILABLE,
                "replication slot '%s' does not exist on server '%s'".formatted(name, server.name()),
                "run wal:receive %s --create-slot, or set 'create_slot = auto'.".formatted(server.name()));
    }

    /** Returns the error of a slot that cannot serve. */
    static MatriarchException unusable(ServerConfiguration server, String name, String why) {
        return new MatriarchException(
                ErrorCode.SLOT_UNAVAILABLE,
                "replication slot '%s' of server '%s' %s".formatted(name, server.name(), why),
                "drop it with wal:receive %s --drop-slot and create it again, or set another 'slot_name'."
                        .formatted(server.name()));
    }
}
