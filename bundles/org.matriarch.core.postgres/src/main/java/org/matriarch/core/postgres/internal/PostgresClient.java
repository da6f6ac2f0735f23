package org.matriarch.core.postgres.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens connections as the configuration of a server says: SQL through pgjdbc, replication through our own client. */
@Component
public final class PostgresClient implements PostgresConnections {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresClient.class);

    /** The oldest version whose servers write a backup manifest. */
    static final int OLDEST_MAJOR = 13;
    /** The newest version that was tested. */
    static final int NEWEST_MAJOR = 18;

    /** Every question is answered from memory, but for the sizes of databases. */
    private static final int FACTS_TIMEOUT_MILLIS = 60_000;

    private static final Pattern VERSION = Pattern.compile("(\\d{1,3})(?:\\.(\\d{1,3}))?.*");

    private final LocalUser local;

    /** Takes libpq's defaults from the user of this process. */
    @Activate
    public PostgresClient() {
        this(LocalUser.current());
    }

    PostgresClient(LocalUser local) {
        this.local = local;
    }

    @Override
    public Connection openSql(ServerConfiguration server) {
        ConnectionString connection =
                ConnectionString.parse("conninfo of server '%s'".formatted(server.name()), server.conninfo());
        return new JdbcConnector(server.name(), connection, local).open();
    }

    @Override
    public ReplicationConnection openReplication(ServerConfiguration server, String applicationName) {
        ConnectionString connection = ConnectionString.parse(
                "streaming_conninfo of server '%s'".formatted(server.name()), server.streamingConninfo());
        WireConnection wire = new WireConnector(server.name(), connection, local, applicationName).open();
        boolean ready = false;
        try {
            Failures failures = Failures.of(server.name(), wire.address());
            PostgresVersion version = version(wire, failures);
            requireSupported(version, failures);
            ready = true;
            LOG.debug("connected to {} for replication, version {}", failures.place(), version);
            return new WireReplicationConnection(wire, version, failures);
        } finally {
            if (!ready) {
                wire.close();
            }
        }
    }

    @Override
    public ServerFacts facts(ServerConfiguration server) {
        try (Connection sql = openSql(server)) {
            sql.setNetworkTimeout(Runnable::run, FACTS_TIMEOUT_MILLIS);
            return new ServerFactsReader(sql).read();
        } catch (SQLException e) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_ERROR,
                    "unable to ask server '%s' about itself: %s".formatted(server.name(), PostgresException.reason(e)),
                    "look at the log of the PostgreSQL server.",
                    e);
        }
    }

    /** Returns whether this version can be backed up at all. */
    static boolean isSupported(PostgresVersion version) {
        return version.major() >= OLDEST_MAJOR;
    }

    private static PostgresVersion version(WireConnection wire, Failures failures) {
        String text = wire.parameter("server_version").orElse("");
        Matcher matcher = VERSION.matcher(text);
        if (!matcher.matches()) {
            throw failures.connecting(new WireProtocolException("the server calls its version '%s'".formatted(text)));
        }
        int minor = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
        return new PostgresVersion(Integer.parseInt(matcher.group(1)) * 10_000 + minor);
    }

    private static void requireSupported(PostgresVersion version, Failures failures) {
        if (!isSupported(version)) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_VERSION,
                    "unable to use %s: its version is %s".formatted(failures.place(), version),
                    "PostgreSQL %d to %d are supported.".formatted(OLDEST_MAJOR, NEWEST_MAJOR));
        }
        if (version.major() > NEWEST_MAJOR) {
            LOG.warn("{} runs version {}, newer than any that was tested", failures.place(), version);
        }
    }
}
