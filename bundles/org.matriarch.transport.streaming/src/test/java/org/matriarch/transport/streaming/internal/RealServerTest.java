package org.matriarch.transport.streaming.internal;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.core.postgres.internal.PostgresClient;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.transport.BackupTransportContract;

/** What every transport must do, done with a real server and the product's own client. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
final class RealServerTest extends BackupTransportContract {

    @TempDir
    private Path home;

    @Override
    protected BackupTransport transport() {
        return new StreamingTransport();
    }

    @Override
    protected TransferRequest request(EmbeddedPostgres server, BaseBackupOptions options, TransferReceiver receiver) {
        return new Connected(new ServerBuilder("main", home).at(server).build(), options);
    }

    /** Opens a connection for each backup, as the core does. */
    private record Connected(ServerConfiguration server, BaseBackupOptions options) implements TransferRequest {

        @Override
        public int jobs() {
            return 1;
        }

        @Override
        public CopyHost host() {
            throw new UnsupportedOperationException("the server sends the files itself");
        }

        @Override
        public OpenBackup openBackup() {
            throw new UnsupportedOperationException("the server sends the files itself");
        }

        @Override
        public BaseBackupEnd baseBackup(BaseBackupListener listener) throws InterruptedException {
            try (ReplicationConnection connection = new PostgresClient().openReplication(server, "contract")) {
                return connection.baseBackup(options, listener);
            }
        }
    }
}
