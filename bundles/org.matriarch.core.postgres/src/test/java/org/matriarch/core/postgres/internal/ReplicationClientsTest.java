package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.postgres.ReplicationStatus;
import org.matriarch.api.postgres.ReplicationStatus.Client;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.server.FixedServers;

/** Who receives the WAL of real servers. */
@Timeout(180)
final class ReplicationClientsTest {

    private static final PostgresClient CLIENT = new PostgresClient(Configurations.nobody());

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void showsStandbysAndReceivers(int major) throws Exception {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(major).start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
            ServerConfiguration server = Configurations.of(primary.conninfo());
            primary.execute("CREATE TABLE t AS SELECT 1 AS id");
            try (ReplicationConnection connection =
                    CLIENT.openReplication(server, server.wal().applicationName())) {
                Optional<String> slot = server.wal().slotName();
                connection.createPhysicalSlot(slot.orElseThrow());
                Lsn start = Lsn.parse(primary.query("SELECT pg_current_wal_flush_lsn()"));
                CollectedWal wal = new CollectedWal(start);
                Thread thread = new Thread(() -> stream(connection, new WalStreamRequest(slot, start, 1), wal));
                thread.start();

                ReplicationStatus both = await().atMost(Duration.ofSeconds(60))
                        .until(() -> status(server, server), found -> isComplete(found));

                assertThat(both.standby()).isFalse();
                Client receiver = both.clients().stream()
                        .filter(Client::receiver)
                        .findAny()
                        .orElseThrow();
                assertThat(receiver.hotStandby()).isFalse();
                assertThat(receiver.slot()).isEqualTo(slot);
                assertThat(receiver.stages()).isEqualTo(3);
                assertThat(receiver.address()).contains("127.0.0.1");
                assertThat(receiver.port()).isPresent();
                assertThat(both.clients()).anyMatch(client -> client.hotStandby() && !client.receiver());
                ServerConfiguration second = Configurations.of(standby.conninfo());
                assertThat(status(second, second).standby()).isTrue();
                wal.stop = true;
                thread.join(60_000);
            }
        }
    }

    @Test
    void tellsThatAServerCannotBeAsked() {
        ServerConfiguration server = Configurations.of("host=127.0.0.1 port=1 connect_timeout=2");

        assertThatThrownBy(() -> status(server, server))
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.POSTGRES_UNREACHABLE));
    }

    private static boolean isComplete(ReplicationStatus status) {
        return status.clients().size() == 2
                && status.clients().stream().anyMatch(Client::hotStandby)
                && status.clients().stream().allMatch(client -> client.stage(status.currentLsn()) >= 2);
    }

    private static ReplicationStatus status(ServerConfiguration known, ServerConfiguration asked) {
        return new ReplicationClients(new FixedServers(known), CLIENT).status(asked.name());
    }

    private static void stream(ReplicationConnection connection, WalStreamRequest request, CollectedWal wal) {
        try {
            connection.streamWal(request, wal);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
