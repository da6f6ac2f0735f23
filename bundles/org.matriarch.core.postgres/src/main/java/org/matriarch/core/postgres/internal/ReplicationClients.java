package org.matriarch.core.postgres.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.Replication;
import org.matriarch.api.postgres.ReplicationStatus;
import org.matriarch.api.postgres.ReplicationStatus.Client;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Reads pg_stat_replication. */
@Component
public final class ReplicationClients implements Replication {

    private static final int TIMEOUT_MILLIS = 60_000;

    private static final String POSITION = """
            SELECT pg_is_in_recovery(),
                   CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END
            """;

    /** A client is shown once, whatever it holds; one that takes a base backup receives no WAL. */
    private static final String CLIENTS = """
            SELECT r.pid, coalesce(r.application_name, ''), r.usename, host(r.client_addr), r.client_hostname,
                   r.client_port, s.slot_name, r.backend_start, r.state, coalesce(r.sync_priority, 0), r.sync_state,
                   r.sent_lsn, r.write_lsn, r.flush_lsn, r.replay_lsn
              FROM pg_stat_replication r
              LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
             WHERE r.state IS DISTINCT FROM 'backup'
             ORDER BY coalesce(r.sync_priority, 0) = 0, r.sync_priority, r.application_name, r.pid
            """;

    private final Servers servers;
    private final PostgresConnections connections;

    /** Takes what it needs to reach a server. */
    @Activate
    public ReplicationClients(@Reference Servers servers, @Reference PostgresConnections connections) {
        this.servers = servers;
        this.connections = connections;
    }

    @Override
    public ReplicationStatus status(String name) {
        ServerConfiguration server = servers.requireServer(name);
        try (Connection sql = connections.openSql(server)) {
            sql.setNetworkTimeout(Runnable::run, TIMEOUT_MILLIS);
            try (Statement statement = sql.createStatement()) {
                return read(server, statement);
            }
        } catch (SQLException e) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_ERROR,
                    "unable to ask server '%s' for its streaming clients: %s".formatted(name, e.getMessage()),
                    "look at the log of the PostgreSQL server.",
                    e);
        }
    }

    /** The position first: who has it by the time the clients are read is up to date. */
    private static ReplicationStatus read(ServerConfiguration server, Statement statement) throws SQLException {
        boolean standby;
        Lsn current;
        try (ResultSet row = statement.executeQuery(POSITION)) {
            row.next();
            standby = row.getBoolean(1);
            current = lsn(row.getString(2)).orElse(Lsn.ZERO);
        }
        return new ReplicationStatus(server.name(), standby, current, clients(server, statement));
    }

    private static List<Client> clients(ServerConfiguration server, Statement statement) throws SQLException {
        var clients = new ArrayList<Client>();
        try (ResultSet row = statement.executeQuery(CLIENTS)) {
            while (row.next()) {
                clients.add(client(server, row));
            }
        }
        return clients;
    }

    private static Client client(ServerConfiguration server, ResultSet row) throws SQLException {
        String application = row.getString(2);
        Optional<String> slot = Optional.ofNullable(row.getString(7));
        int port = row.getInt(6); // -1 for a Unix socket
        return new Client(
                row.getInt(1),
                application,
                Optional.ofNullable(row.getString(3)),
                Optional.ofNullable(row.getString(4)),
                Optional.ofNullable(row.getString(5)),
                port > 0 ? OptionalInt.of(port) : OptionalInt.empty(),
                slot,
                application.equals(server.wal().applicationName())
                        && slot.equals(server.wal().slotName()),
                Optional.ofNullable(row.getTimestamp(8)).map(Timestamp::toInstant),
                Optional.ofNullable(row.getString(9)),
                row.getInt(10),
                Optional.ofNullable(row.getString(11)),
                lsn(row.getString(12)),
                lsn(row.getString(13)),
                lsn(row.getString(14)),
                lsn(row.getString(15)));
    }

    private static Optional<Lsn> lsn(@Nullable String text) {
        return Optional.ofNullable(text).map(Lsn::parse);
    }
}
