package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.matriarch.core.postgres.internal.PostgresClient;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.PostgresBuilder;
import org.matriarch.testkit.server.FixedServers;

/** Receives from real servers. */
@Timeout(120)
final class RealServerTest {

    private static final long SEGMENT = 1L << 20;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path home;

    private Sample sample;
    private WalArchiver archiver;
    private WalReceiver receiver;

    @BeforeAll
    static void beQuietWithLoggers() {
        System.setProperty("org.slf4j.simpleLogger.log.org.matriarch", "info");
    }

    @AfterEach
    void tearDown() {
        receiver.stop(Duration.ofSeconds(8));
        archiver.stop(Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void archivesTheServersOwnSegments(int major) throws IOException {
        try (EmbeddedPostgres server = server(major).start()) {
            receiveFrom(server);
            server.execute("CREATE TABLE t (v text)");
            WalFileName first = current(server);

            server.execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 3000)");
            server.execute("SELECT pg_switch_wal()");

            Path original = server.dataDirectory().resolve("pg_wal").resolve(first.value());
            await().atMost(LONG).until(() -> sample.repository.wal().contains(first.next(SEGMENT)));
            assertThat(sample.repository.wal().content(first)).isEqualTo(Files.readAllBytes(original));
            assertThat(WalHeader.parse(sample.repository.wal().content(first)))
                    .hasValueSatisfying(header -> assertThat(header.major()).isEqualTo(major));
            assertThat(sample.events.events()).extracting(Event::type).doesNotContain(Event.Type.WAL_REFUSED);
            assertThat(server.query("SELECT slot_name FROM pg_replication_slots"))
                    .isEqualTo("matriarch");
        }
    }

    @Test
    void followsAPromotion() {
        try (EmbeddedPostgres primary = server(16).start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
            receiveFrom(standby);
            primary.execute(
                    "CREATE TABLE t (v text); INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 3000)");
            Lsn before = Lsn.parse(primary.query("SELECT pg_current_wal_lsn()"));
            await().atMost(LONG)
                    .until(() -> !receiver.status().flushed().orElse(Lsn.ZERO).isBefore(before));

            standby.promote();
            standby.waitForRecovery(LONG);
            standby.execute("INSERT INTO t SELECT repeat('y', 1000) FROM generate_series(1, 3000)");
            WalFileName newest = current(standby);
            standby.execute("SELECT pg_switch_wal()");

            await().atMost(LONG).until(() -> sample.repository.wal().contains(newest));
            assertThat(newest.timeline()).isEqualTo(2);
            assertThat(sample.repository.wal().history(2)).isPresent();
            assertThat(sample.events.subjects(Event.Type.TIMELINE_SWITCHED)).containsExactly("2");
            Lsn branch = sample.repository
                    .wal()
                    .history(2)
                    .orElseThrow()
                    .ancestors()
                    .get(0)
                    .end();
            await().atMost(LONG)
                    .until(() -> sample.repository
                            .wal()
                            .contains(WalFileName.ofSegment(1, branch, SEGMENT).partial()));
        }
    }

    @Test
    void comesBackWhenTheServerDoes() {
        try (EmbeddedPostgres server = server(17).start()) {
            receiveFrom(server);
            server.execute("CREATE TABLE t (v text)");

            server.kill9();
            await().atMost(LONG).until(() -> receiver.status().state() == State.BACKING_OFF);
            server.start();
            server.execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 3000)");
            WalFileName newest = current(server);
            server.execute("SELECT pg_switch_wal()");

            await().atMost(LONG).until(() -> sample.repository.wal().contains(newest));
            assertThat(new SegmentNumbers(SEGMENT).gaps(sample.repository.wal().entries()))
                    .isEmpty();
        }
    }

    @Test
    void holdsEveryAcknowledgedCommit() throws IOException, SQLException {
        try (EmbeddedPostgres server = server(16).start()) {
            receiveFrom(server);
            server.execute("CREATE TABLE t (v bigint)");
            server.execute("ALTER SYSTEM SET synchronous_standby_names = 'matriarch_receive_wal'");
            server.reload();
            await().atMost(LONG).until(() -> "sync".equals(server.query("SELECT sync_state FROM pg_stat_replication")));

            Lsn acknowledged = commit(server, 1000);
            server.kill9();

            assertThat(receiver.stop(Duration.ofSeconds(8))).isTrue();
            assertThat(archiver.stop(Duration.ofSeconds(8))).isTrue();
            assertHeld(server.dataDirectory().resolve("pg_wal"), acknowledged);
        }
    }

    @Test
    void switchesSegments() {
        try (EmbeddedPostgres primary = server(18).start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
            receiveFrom(primary);
            var files = new WalLibrary(new FixedServers(sample.configuration), sample.repository, new PostgresClient());
            primary.execute("CREATE TABLE t (v text)");
            WalFileName current = current(primary);

            assertThat(files.switchWal("main", false).closed()).contains(current);
            await().atMost(LONG).until(() -> sample.repository.wal().contains(current));
            await().atMost(LONG)
                    .until(() -> files.switchWal("main", false).closed().isEmpty());
            assertThat(files.switchWal("main", true).closed()).isPresent();

            assertRefused(standby.conninfo(), "MATR-7003: unable to switch the WAL segment of 'main': it is a standby");
            primary.execute("CREATE ROLE weak LOGIN");
            String weak = primary.conninfo().replace("user=postgres", "user=weak");
            assertRefused(
                    weak,
                    "MATR-7006: unable to switch the WAL segment of 'main': permission denied for function pg_switch_wal\nHINT: ");
        }
    }

    private void assertRefused(String conninfo, String message) {
        var other = new Sample(home, conninfo, new PostgresClient());
        var files = new WalLibrary(new FixedServers(other.configuration), other.repository, new PostgresClient());
        assertThatThrownBy(() -> files.switchWal("main", false)).hasMessageStartingWith(message);
    }

    /** Commits rows one by one and returns how far WAL was acknowledged. */
    private static Lsn commit(EmbeddedPostgres server, int rows) throws SQLException {
        try (Connection connection = server.connection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?)")) {
            long begun = System.nanoTime();
            for (int i = 0; i < rows; i++) {
                insert.setInt(1, i);
                insert.executeUpdate();
            }
            System.out.printf("%d synchronous commits, %.2f ms each%n", rows, (System.nanoTime() - begun) / 1e6 / rows);
        }
        return Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
    }

    /** Compares what is held, byte by byte, with the server's own WAL up to a position. */
    private void assertHeld(Path wal, Lsn end) throws IOException {
        WalFileName last = WalFileName.ofSegment(1, end.plus(-1), SEGMENT);
        for (WalFileName name : sample.directory.names()) {
            if (name.segment().compareTo(last) > 0) {
                continue;
            }
            long length = Math.min(SEGMENT, end.minus(name.startLsn(SEGMENT)));
            byte[] theirs = Files.readAllBytes(wal.resolve(name.segment().value()));
            byte[] ours = Files.readAllBytes(sample.directory.path(name));
            assertThat(Arrays.copyOf(ours, (int) length)).isEqualTo(Arrays.copyOf(theirs, (int) length));
        }
        assertThat(sample.directory.contains(last.partial())
                        || sample.directory.contains(last)
                        || sample.repository.wal().contains(last))
                .isTrue();
    }

    private static PostgresBuilder server(int major) {
        return EmbeddedPostgres.builder(major).walSegmentMebibytes(1).setting("wal_keep_size", "200MB");
    }

    private static WalFileName current(EmbeddedPostgres server) {
        return new WalFileName(server.query("SELECT pg_walfile_name(pg_current_wal_insert_lsn())"));
    }

    private void receiveFrom(EmbeddedPostgres server) {
        sample = new Sample(home, server.conninfo(), new PostgresClient());
        archiver = sample.archiver();
        receiver = new WalReceiver(sample.configuration, sample.services, archiver, Optional.empty());
        archiver.start();
        receiver.start();
        await().atMost(LONG).until(() -> receiver.status().state() == State.STREAMING);
    }
}
