package org.matriarch.core.backup.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;

/** What one transfer is asked for; its connections are opened when the transport wants them. */
final class LentConnection implements TransferRequest {

    private final PostgresConnections connections;
    private final ServerConfiguration server;
    private final ServerFacts facts;
    private final BaseBackupOptions options;
    private final int jobs;
    private final TransferReceiver receiver;
    private final Clock clock;
    private volatile boolean filesCopied;

    LentConnection(
            PostgresConnections connections,
            ServerConfiguration server,
            ServerFacts facts,
            BaseBackupOptions options,
            int jobs,
            TransferReceiver receiver,
            Clock clock) {
        this.connections = connections;
        this.server = server;
        this.facts = facts;
        this.options = options;
        this.jobs = jobs;
        this.receiver = receiver;
        this.clock = clock;
    }

    @Override
    public BaseBackupOptions options() {
        return options;
    }

    @Override
    public int jobs() {
        return jobs;
    }

    @Override
    public CopyHost host() throws TransportException {
        try {
            return ConfiguredHost.of(server);
        } catch (MatriarchException e) {
            throw new TransportException(e.summary(), e.code().retryable(), e);
        }
    }

    /** Returns whether the transport has copied files itself rather than had them sent by the server. */
    boolean filesCopied() {
        return filesCopied;
    }

    @Override
    public OpenBackup openBackup() throws TransportException, InterruptedException {
        filesCopied = true;
        try {
            var origin = new CopyOrigin(server, facts, options.maxRateKib());
            return begin(new PatientSql(connections.openSql(server)), origin);
        } catch (SQLException e) {
            throw new TransportException("the SQL session broke: " + PostgresException.reason(e), true, e);
        } catch (MatriarchException e) {
            throw new TransportException(e.summary(), e.code().retryable(), e);
        }
    }

    private OpenBackup begin(PatientSql sql, CopyOrigin origin) throws TransportException, InterruptedException {
        var backup = new LowLevelBackup(sql, facts, origin, receiver, clock);
        boolean begun = false;
        try {
            backup.begin(options);
            begun = true;
            return backup;
        } finally {
            if (!begun) {
                backup.close();
            }
        }
    }

    @Override
    public BaseBackupEnd baseBackup(BaseBackupListener listener) throws TransportException, InterruptedException {
        var watched = new WatchedListener(listener);
        try (ReplicationConnection connection =
                connections.openReplication(server, server.backup().applicationName())) {
            requireSameSystem(connection.identify().systemId());
            return connection.baseBackup(options, watched);
        } catch (MatriarchException e) {
            throw watched.failureBehind(e.code().retryable(), e.summary(), e);
        } catch (UncheckedIOException e) {
            throw watched.failureBehind(true, String.valueOf(e.getMessage()), e);
        }
    }

    private void requireSameSystem(String found) {
        if (!found.equals(facts.systemId())) {
            throw new MatriarchException(
                    ErrorCode.POSTGRES_SETTINGS,
                    "'streaming_conninfo' of server '%s' leads to the system %s, 'conninfo' to %s"
                            .formatted(server.name(), found, facts.systemId()),
                    "make both connection strings lead to the same PostgreSQL server.");
        }
    }

    /** Remembers what the receiving side threw, so that it is reported rather than the end of the connection it caused. */
    private static final class WatchedListener implements BaseBackupListener {

        private final BaseBackupListener listener;
        private @Nullable TransportException refusal;

        WatchedListener(BaseBackupListener listener) {
            this.listener = listener;
        }

        TransportException failureBehind(boolean retryable, String message, RuntimeException seen) {
            return refusal == null ? new TransportException(message, retryable, seen) : refusal;
        }

        @Override
        public void started(BaseBackupStart start) throws IOException {
            watch(() -> listener.started(start));
        }

        @Override
        public void archive(long tablespaceOid) throws IOException {
            watch(() -> listener.archive(tablespaceOid));
        }

        @Override
        public void data(byte[] buffer, int offset, int length) throws IOException {
            watch(() -> listener.data(buffer, offset, length));
        }

        @Override
        public void archiveEnd() throws IOException {
            watch(listener::archiveEnd);
        }

        @Override
        public void manifest(byte[] json) throws IOException {
            watch(() -> listener.manifest(json));
        }

        private void watch(Call call) throws IOException {
            try {
                call.run();
            } catch (TransportException e) {
                refusal = e;
                throw e;
            } catch (IOException e) {
                refusal = new TransportException(String.valueOf(e.getMessage()), true, e);
                throw e;
            } catch (MatriarchException e) {
                refusal = new TransportException(e.summary(), e.code().retryable(), e);
                throw e;
            }
        }
    }

    /** One call of the listener. */
    private interface Call {
        void run() throws IOException;
    }
}
