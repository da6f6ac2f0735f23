package org.matriarch.core.backup.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leaves the name {@code matriarch_<id>} in the WAL right after a backup, so that recovery can stop exactly there. */
final class RestorePoint {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePoint.class);

    private final PostgresConnections connections;

    RestorePoint(PostgresConnections connections) {
        this.connections = connections;
    }

    /** Creates the restore point if the server and its privileges allow it; a backup is as good without. */
    void create(ServerConfiguration server, Backup backup) {
        String name = "matriarch_" + backup.id();
        try {
            ServerFacts facts = connections.facts(server);
            if (facts.inRecovery()) {
                return;
            }
            try (Connection connection = connections.openSql(server);
                    PreparedStatement statement = connection.prepareStatement("SELECT pg_create_restore_point(?)")) {
                statement.setString(1, name);
                statement.execute();
                LOG.debug("restore point '{}' created on server '{}'", name, server.name());
            }
        } catch (MatriarchException e) {
            LOG.debug("restore point '{}' not created: {}", name, e.summary());
        } catch (SQLException e) {
            LOG.debug("restore point '{}' not created: {}", name, PostgresException.reason(e));
        }
    }
}
