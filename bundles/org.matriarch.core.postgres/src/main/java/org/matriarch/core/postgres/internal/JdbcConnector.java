package org.matriarch.core.postgres.internal;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.PostgresException;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens SQL connections through pgjdbc, with the meaning that libpq gives to a connection string. */
final class JdbcConnector {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcConnector.class);

    /** A CHECKPOINT of a large server takes minutes; nothing that we ask takes longer. */
    private static final int SOCKET_TIMEOUT_SECONDS = 600;

    private final String server;
    private final ConnectionString connection;
    private final LocalUser local;

    JdbcConnector(String server, ConnectionString connection, LocalUser local) {
        this.server = server;
        this.connection = connection;
        this.local = local;
    }

    /**
     * Opens a connection.
     *
     * @throws MatriarchException as described at {@link Failures}
     */
    Connection open() {
        return new HostSearch<>(this::open, this::accepts, JdbcConnector::close).search(connection);
    }

    private Connection open(ConnectionString.Host host) {
        String target = host.target().indexOf(':') >= 0 ? "[" + host.target() + "]" : host.target();
        String url = "jdbc:postgresql://%s:%d/%s"
                .formatted(target, host.port(), URLEncoder.encode(connection.database(local), StandardCharsets.UTF_8));
        Failures failures = Failures.of(server, host.toString());
        Properties properties = properties(host);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // pgjdbc looks for the class named in sslfactory here; in OSGi its own class loader does not see ours.
        thread.setContextClassLoader(JdbcConnector.class.getClassLoader());
        try {
            Connection opened = new Driver().connect(url, properties);
            if (opened == null) {
                throw new IllegalStateException("pgjdbc does not take its own URL");
            }
            return opened;
        } catch (SQLException e) {
            throw failure(failures, e, !properties.getProperty("password").isEmpty());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private Properties properties(ConnectionString.Host host) {
        Properties properties = new Properties();
        properties.setProperty("user", connection.user(local));
        // Even if there is none: else pgjdbc reads the password file itself, without a look at its mode.
        properties.setProperty(
                "password",
                new Passwords(connection, local)
                        .find(host, connection.database(local))
                        .orElse(""));
        properties.setProperty(
                "connectTimeout", Long.toString(connection.connectTimeout().toSeconds()));
        properties.setProperty("socketTimeout", Integer.toString(SOCKET_TIMEOUT_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty(
                "ApplicationName",
                connection
                        .find("application_name")
                        .or(() -> connection.find("fallback_application_name"))
                        .orElse("matriarch"));
        connection.find("options").ifPresent(options -> properties.setProperty("options", options));
        properties.setProperty("channelBinding", connection.channelBinding());
        TlsMode mode = connection.tlsMode();
        // What is verified is our factory's concern, see JdbcTlsFactory.
        properties.setProperty("sslmode", mode.isMandatory() ? "require" : mode.keyword());
        if (mode != TlsMode.DISABLE) {
            JdbcTlsFactory.configure(properties, TlsSettings.of(connection, local), host.host());
        }
        return properties;
    }

    private MatriarchException failure(Failures failures, SQLException e, boolean withPassword) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof MatriarchException ours) {
                return ours;
            }
        }
        String state = e.getSQLState();
        boolean refused = "08004".equals(state) || "28P01".equals(state);
        if (refused && !withPassword) {
            return failures.refusing(
                    "the server wants a password, and none is given",
                    new Passwords(connection, local)
                            .problem()
                            .map(problem -> problem + ".")
                            .orElse("put it into the password file ~/.pgpass (or passfile=), or set PGPASSWORD."));
        }
        if ("08004".equals(state)) {
            return failures.refusing(
                    PostgresException.reason(e),
                    "look at sslmode and channel_binding of conninfo, and at pg_hba.conf.");
        }
        // Class 08 is the driver's own, about the connection: what lies behind it tells more.
        return failures.connecting(e, state == null || state.startsWith("08") ? null : state);
    }

    private boolean accepts(Connection opened, SessionKind kind) {
        if (kind == SessionKind.ANY) {
            return true;
        }
        try (Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT current_setting('transaction_read_only') = 'on', pg_is_in_recovery()")) {
            rows.next();
            return kind.accepts(rows.getBoolean(1), rows.getBoolean(2));
        } catch (SQLException e) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_ERROR,
                    "unable to tell the kind of a session of server '%s': %s"
                            .formatted(server, PostgresException.reason(e)),
                    "look at the log of the PostgreSQL server.",
                    e);
        }
    }

    private static void close(Connection opened) {
        try {
            opened.close();
        } catch (SQLException e) {
            LOG.trace("connection did not close cleanly", e);
        }
    }
}
