package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLException;
import org.matriarch.api.error.MatriarchException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens replication connections: picks host, address, and whether to use TLS. */
final class WireConnector {

    private static final Logger LOG = LoggerFactory.getLogger(WireConnector.class);

    private final String server;
    private final ConnectionString connection;
    private final LocalUser local;
    private final String applicationName;

    WireConnector(String server, ConnectionString connection, LocalUser local, String applicationName) {
        this.server = server;
        this.connection = connection;
        this.local = local;
        this.applicationName = applicationName;
    }

    /**
     * Opens a connection that is ready for commands.
     *
     * @throws MatriarchException as described at {@link Failures}
     */
    WireConnection open() {
        return new HostSearch<>(this::open, this::accepts, WireConnection::close).search(connection);
    }

    private boolean accepts(WireConnection wire, SessionKind kind) {
        if (kind == SessionKind.ANY) {
            return true;
        }
        try {
            boolean readOnly =
                    wire.query("SHOW transaction_read_only").text(0, 0).equals("on");
            // Before version 14 a server does not tell; there only a standby is read-only, unless it is set so.
            boolean standby = wire.parameter("in_hot_standby").map("on"::equals).orElse(readOnly);
            return kind.accepts(readOnly, standby);
        } catch (IOException e) {
            throw Failures.of(server, wire.address()).connecting(e);
        }
    }

    private WireConnection open(ConnectionString.Host host) {
        Failures failures = Failures.of(server, host.toString());
        IOException failure = new IOException("host name '%s' is not known".formatted(host.target()));
        try {
            for (InetAddress address : InetAddress.getAllByName(host.target())) {
                try {
                    return open(host, new InetSocketAddress(address, host.port()), failures);
                } catch (ServerError | WireProtocolException | SSLException | ReadInterruptedException e) {
                    throw failures.connecting(e);
                } catch (IOException e) {
                    failure = e;
                }
            }
        } catch (IOException e) {
            failure.initCause(e);
        }
        throw failures.connecting(failure);
    }

    private WireConnection open(ConnectionString.Host host, InetSocketAddress address, Failures failures)
            throws IOException {
        TlsMode mode = connection.tlsMode();
        WireAttempt first = new WireAttempt(connection, host, local, applicationName, failures);
        try {
            return first.run(address, mode.compareTo(TlsMode.PREFER) >= 0);
        } catch (ServerError | SSLException e) {
            if (!isWorthOtherWay(mode, first, e)) {
                throw e;
            }
            LOG.debug("{} refused the first way to connect, trying the other: {}", host, e.getMessage());
            try {
                return new WireAttempt(connection, host, local, applicationName, failures)
                        .run(address, mode == TlsMode.ALLOW);
            } catch (IOException second) {
                second.addSuppressed(e);
                throw second;
            }
        }
    }

    /**
     * As libpq, a refusal by pg_hba.conf or a failed handshake is worth a try the other way; but not once a password was
     * sent: no connection with less protection shall repeat it.
     */
    private static boolean isWorthOtherWay(TlsMode mode, WireAttempt attempt, IOException failure) {
        if (attempt.passwordSent()) {
            return false;
        }
        if (failure instanceof ServerError error && !error.sqlState().equals("28000")) {
            return false;
        }
        return switch (mode) {
            case ALLOW -> true;
            case PREFER -> attempt.encrypted() || failure instanceof SSLException;
            default -> false;
        };
    }
}
