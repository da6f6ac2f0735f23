package org.matriarch.api.postgres;

import java.sql.Connection;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.annotation.versioning.ProviderType;

/** Opens connections to servers under care. Thread-safe; every connection belongs to the caller, who closes it. */
@ProviderType
public interface PostgresConnections {

    /**
     * Opens an SQL connection by {@code conninfo}.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code POSTGRES_UNREACHABLE} or {@code POSTGRES_AUTHENTICATION}
     */
    Connection openSql(ServerConfiguration server);

    /**
     * Opens a connection for physical replication by {@code streaming_conninfo}.
     *
     * @param applicationName what the server shows in pg_stat_replication
     * @throws org.matriarch.api.error.MatriarchException {@code POSTGRES_UNREACHABLE}, {@code POSTGRES_AUTHENTICATION} or
     *     {@code POSTGRES_VERSION}
     */
    ReplicationConnection openReplication(ServerConfiguration server, String applicationName);

    /**
     * Reads what the server says of itself, over SQL.
     *
     * @throws org.matriarch.api.error.MatriarchException as {@link #openSql}, or {@code POSTGRES_ERROR}
     */
    ServerFacts facts(ServerConfiguration server);
}
