package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.HistoryFile;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamEnd;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Proves timelines, standbys, slots and refusals on real servers. */
@Timeout(180)
final class ReplicationStoryTest {

    private static final PostgresClient CLIENT = new PostgresClient(Configurations.nobody());
    private static final long SEGMENT_BYTES = 16 << 20;

    @ParameterizedTest
    @ValueSource(ints = {13, 17})
    void followsAPromotedStandbyToItsTimeline(int major) throws Exception {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(major)
                        .setting("wal_keep_size", "512MB")
                        .start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
            primary.execute("CREATE TABLE t AS SELECT generate_series(1, 100) AS id");
            Lsn reached = Lsn.parse(primary.query("SELECT pg_current_wal_lsn()"));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(reached))
                            .equals("t"));
            standbyIsFoundAndDescribed(primary, standby);

            Lsn start = reached.segmentStart(SEGMENT_BYTES);
            CollectedWal wal = new CollectedWal(start);
            AtomicReference<WalStreamEnd> end = new AtomicReference<>();
            try (ReplicationConnection connection =
                    CLIENT.openReplication(Configurations.of(standby.conninfo()), "test")) {
                Thread thread = new Thread(() -> end.set(stream(connection, start, 1, wal)));
                thread.start();
                await().atMost(Duration.ofSeconds(30)).until(() -> !wal.written.isBefore(reached));
                standby.promote();
                thread.join(60_000);

                assertThat(end.get().nextTimeline()).contains(2);
                Lsn switchPoint = end.get().switchPoint().orElseThrow();
                assertThat(wal.written).isEqualTo(switchPoint);
                HistoryFile history = connection.timelineHistory(2);
                assertThat(history.name().value()).isEqualTo("00000002.history");
                assertThat(TimelineHistory.parse(2, history.content()).ancestors())
                        .containsExactly(new TimelineHistory.Ancestor(1, switchPoint));
                standby.execute("INSERT INTO t VALUES (0)");
                goesOnOnTimeline2(connection, standby, switchPoint, wal);
                assertThat(stream(connection, switchPoint, 1, new CollectedWal(switchPoint)))
                        .isEqualTo(end.get());
            }
            assertThat(CLIENT.facts(Configurations.of(standby.conninfo())).timeline())
                    .isEqualTo(2);
        }
    }

    private static void goesOnOnTimeline2(
            ReplicationConnection connection, EmbeddedPostgres server, Lsn switchPoint, CollectedWal old) {
        Lsn start = switchPoint.segmentStart(SEGMENT_BYTES);
        CollectedWal wal = new CollectedWal(start);
        wal.stopAt = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
        assertThat(stream(connection, start, 2, wal).nextTimeline()).isEmpty();
        assertThat(wal.written).isGreaterThanOrEqualTo(wal.stopAt);
        assertThat(old.bytes.size()).isPositive();
    }

    private static void standbyIsFoundAndDescribed(EmbeddedPostgres primary, EmbeddedPostgres standby) {
        String both = "host=127.0.0.1,127.0.0.1 port=%d,%d user=postgres dbname=postgres target_session_attrs="
                .formatted(standby.port(), primary.port());
        assertThat(CLIENT.facts(Configurations.of(both + "primary")).inRecovery())
                .isFalse();
        assertThat(CLIENT.facts(Configurations.of(both + "prefer-standby")).inRecovery())
                .isTrue();
        try (ReplicationConnection connection = CLIENT.openReplication(Configurations.of(both + "read-write"), "t")) {
            assertThat(connection.show("transaction_read_only")).isEqualTo("off");
        }
        String onlyPrimary = primary.conninfo() + " target_session_attrs=";
        CLIENT.openReplication(Configurations.of(onlyPrimary + "prefer-standby"), "t")
                .close();
        assertFails(
                () -> CLIENT.openReplication(Configurations.of(onlyPrimary + "standby"), "t"),
                ErrorCode.POSTGRES_UNREACHABLE,
                "its session is not standby");
        assertFails(
                () -> CLIENT.openSql(Configurations.of(onlyPrimary + "standby")),
                ErrorCode.POSTGRES_UNREACHABLE,
                "its session is not standby");

        ServerFacts facts = CLIENT.facts(Configurations.of(standby.conninfo()));

        assertThat(facts.inRecovery()).isTrue();
        assertThat(facts.timeline()).isEqualTo(1);
        assertThat(facts.currentLsn()).isPresent();
        assertThat(facts.systemId())
                .isEqualTo(CLIENT.facts(Configurations.of(primary.conninfo())).systemId());
    }

    @Test
    void explainsWhatIsWrongWithSlotsSendersAndWal() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(15)
                .setting("max_replication_slots", "1")
                .setting("max_wal_senders", "2")
                .setting("max_wal_size", "32MB")
                .setting("min_wal_size", "32MB")
                .start()) {
            var configuration = Configurations.of(server.conninfo());
            Lsn first = Lsn.parse(server.query("SELECT pg_current_wal_lsn()")).segmentStart(SEGMENT_BYTES);
            removeWal(server);
            try (ReplicationConnection one = CLIENT.openReplication(configuration, "one");
                    ReplicationConnection two = CLIENT.openReplication(configuration, "two")) {
                assertFails(
                        () -> CLIENT.openReplication(configuration, "three"),
                        ErrorCode.POSTGRES_SETTINGS,
                        "raise max_wal_senders");
                assertFails(() -> one.dropSlot("none"), ErrorCode.SLOT_UNAVAILABLE, "\"none\" does not exist");
                assertFails(() -> one.createPhysicalSlot("No Slot"), ErrorCode.SLOT_UNAVAILABLE, "lower-case letters");
                assertThat(one.createPhysicalSlot("a")).isTrue();
                assertFails(() -> one.createPhysicalSlot("b"), ErrorCode.SLOT_UNAVAILABLE, "max_replication_slots");
                assertFails(() -> one.show("nothing"), ErrorCode.POSTGRES_ERROR, "nothing");
                slotInUse(server, one, two);
            }
            try (ReplicationConnection connection = CLIENT.openReplication(configuration, "late")) {
                assertFails(() -> stream(connection, first, 1, new CollectedWal(first)), ErrorCode.WAL_GAP, "reset");
            }
            try (ReplicationConnection connection = CLIENT.openReplication(configuration, "early")) {
                Lsn far = new Lsn(1L << 40);
                assertFails(
                        () -> stream(connection, far, 1, new CollectedWal(far)), ErrorCode.POSTGRES_ERROR, "ahead of");
            }
        }
    }

    private static void slotInUse(EmbeddedPostgres server, ReplicationConnection one, ReplicationConnection two)
            throws InterruptedException {
        Lsn start = Lsn.parse(server.query("SELECT restart_lsn FROM pg_replication_slots"))
                .segmentStart(SEGMENT_BYTES);
        CollectedWal wal = new CollectedWal(start);
        Thread thread = new Thread(() -> stream(one, Optional.of("a"), start, 1, wal));
        thread.start();
        await().until(() ->
                server.query("SELECT active FROM pg_replication_slots").equals("t"));
        assertFails(() -> two.dropSlot("a"), ErrorCode.SLOT_UNAVAILABLE, "is active for PID");
        assertFails(
                () -> stream(two, Optional.of("a"), start, 1, new CollectedWal(start)),
                ErrorCode.SLOT_UNAVAILABLE,
                "another receiver uses the slot");
        reportsFromAnotherThread(server, wal);
        wal.stop = true;
        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
    }

    private static void reportsFromAnotherThread(EmbeddedPostgres server, CollectedWal wal) {
        Lsn end = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
        await().until(() -> !wal.written.isBefore(end));
        wal.flushed = end;
        wal.feedback.report();
        await().until(() -> server.query(
                        "SELECT flush_lsn >= '%s' FROM pg_stat_replication WHERE application_name = 'one'"
                                .formatted(end))
                .equals("t"));
    }

    private static void removeWal(EmbeddedPostgres server) {
        for (int i = 0; i < 6; i++) {
            server.execute("CREATE TABLE t%d AS SELECT generate_series(1, 1000) AS id".formatted(i));
            server.execute("SELECT pg_switch_wal()");
            server.execute("CHECKPOINT");
        }
    }

    @Test
    void isAWitnessOfEveryCommitAsSynchronousStandby() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Lsn start = Lsn.parse(server.query("SELECT pg_current_wal_lsn()")).segmentStart(SEGMENT_BYTES);
            CollectedWal wal = new CollectedWal(start);
            try (ReplicationConnection connection =
                    CLIENT.openReplication(Configurations.of(server.conninfo()), "witness")) {
                AtomicReference<RuntimeException> end = new AtomicReference<>();
                Thread thread = new Thread(() -> {
                    try {
                        stream(connection, start, 1, wal);
                    } catch (MatriarchException e) {
                        end.set(e);
                    }
                });
                thread.start();
                await().until(() -> wal.feedback != null);
                server.execute("CREATE TABLE t (id int)");
                server.execute("ALTER SYSTEM SET synchronous_standby_names = 'witness'");
                server.reload();
                for (int i = 0; i < 50; i++) {
                    server.execute("INSERT INTO t VALUES (%d)".formatted(i));
                    Lsn committed = Lsn.parse(server.query("SELECT flush_lsn FROM pg_stat_replication"));
                    assertThat(wal.flushed).isGreaterThanOrEqualTo(committed);
                }
                server.execute("ALTER SYSTEM RESET synchronous_standby_names");
                server.stop(); // waits until the witness has everything
                thread.join(20_000);
                assertThat(end.get()).hasMessageContaining("the server is shutting down");
            }
            assertThat(wal.flushed).isEqualTo(wal.written);
        }
    }

    @Test
    void checksServersOfAllKinds() throws Exception {
        PostgresChecks checks = new PostgresChecks(CLIENT);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(14)
                .setting("wal_level", "minimal")
                .setting("max_wal_senders", "0")
                .start()) {
            assertThat(checks.check(Configurations.of(server.conninfo())))
                    .filteredOn(result -> result.outcome() == Outcome.FAILED)
                    .extracting(CheckResult::name)
                    .containsExactly("PostgreSQL streaming", "wal_level", "max_wal_senders");
        }
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder(18).setting("max_wal_senders", "1").start()) {
            server.execute("CREATE DATABASE closed");
            server.execute("CREATE ROLE ordinary LOGIN; CREATE ROLE backup LOGIN REPLICATION; "
                    + " GRANT pg_monitor TO backup; REVOKE CONNECT ON DATABASE closed FROM PUBLIC;"
                    + " GRANT EXECUTE ON FUNCTION pg_backup_start(text, boolean) TO backup;"
                    + " GRANT EXECUTE ON FUNCTION pg_backup_stop(boolean) TO backup;"
                    + " GRANT EXECUTE ON FUNCTION pg_switch_wal() TO backup;"
                    + " GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO backup");
            String to = "host=127.0.0.1 port=%d dbname=postgres user=".formatted(server.port());

            assertThat(checks.check(Configurations.of(to + "ordinary")))
                    .extracting(result -> result.name() + "=" + result.outcome())
                    .containsExactly(
                            "PostgreSQL=OK",
                            "PostgreSQL version=OK",
                            "superuser or standard user with backup privileges=FAILED",
                            "has monitoring privileges=WARNING",
                            "PostgreSQL streaming=FAILED",
                            "wal_level=OK",
                            "max_wal_senders=WARNING");
            assertThat(checks.check(Configurations.of(to + "backup")))
                    .filteredOn(result -> result.outcome() != Outcome.OK)
                    .extracting(CheckResult::name)
                    .containsExactly("max_wal_senders");
            assertThat(checks.check(Configurations.of(server.conninfo())))
                    .filteredOn(result -> result.outcome() != Outcome.OK)
                    .extracting(CheckResult::name)
                    .containsExactly("max_wal_senders");
            assertThat(CLIENT.facts(Configurations.of(to + "ordinary")).settings())
                    .containsKey("wal_level")
                    .doesNotContainKey("data_directory");
            anotherServer(checks, server);
        }
    }

    private static void anotherServer(PostgresChecks checks, EmbeddedPostgres server) throws InterruptedException {
        try (EmbeddedPostgres other = EmbeddedPostgres.builder(13).start()) {
            assertThat(checks.check(Configurations.of(server.conninfo(), other.conninfo())))
                    .filteredOn(result -> result.outcome() == Outcome.FAILED)
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result.name()).isEqualTo("PostgreSQL streaming");
                        assertThat(result.detail()).startsWith("streaming_conninfo leads to system ");
                    });
            other.stop();
            assertThat(checks.check(Configurations.of(other.conninfo())))
                    .extracting(CheckResult::name)
                    .containsExactly("PostgreSQL", "PostgreSQL streaming");
        }
    }

    @Test
    void refusesABackupThatCannotBeTakenAndHandsOnWhatTheListenerThrows() throws Exception {
        BaseBackupOptions options = new BaseBackupOptions("l", true, 1 << 20);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(13).start()) {
            for (int failAt = 0; failAt < 4; failAt++) {
                int chosen = failAt;
                CollectedFailure listener = new CollectedFailure(chosen);
                try (ReplicationConnection connection =
                        CLIENT.openReplication(Configurations.of(server.conninfo()), "test")) {
                    assertThatThrownBy(() -> connection.baseBackup(options, listener))
                            .isInstanceOf(UncheckedIOException.class)
                            .hasRootCauseMessage("full " + chosen);
                    assertFails(connection::identify, ErrorCode.POSTGRES_UNREACHABLE, "closed");
                }
            }
        }
    }

    private static WalStreamEnd stream(ReplicationConnection connection, Lsn start, int timeline, CollectedWal wal) {
        return stream(connection, Optional.empty(), start, timeline, wal);
    }

    private static WalStreamEnd stream(
            ReplicationConnection connection, Optional<String> slot, Lsn start, int timeline, CollectedWal wal) {
        try {
            return connection.streamWal(new WalStreamRequest(slot, start, timeline), wal);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertFails(ThrowingCallable call, ErrorCode code, String text) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MatriarchException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }

    /** Fails at one of its calls. */
    private static final class CollectedFailure implements BaseBackupListener {

        private final int failAt;

        CollectedFailure(int failAt) {
            this.failAt = failAt;
        }

        private void call(int number) throws IOException {
            if (number == failAt) {
                throw new IOException("full " + number);
            }
        }

        @Override
        public void started(BaseBackupStart start) throws IOException {
            call(0);
        }

        @Override
        public void archive(long tablespaceOid) throws IOException {
            call(1);
        }

        @Override
        public void data(byte[] buffer, int offset, int length) throws IOException {
            call(2);
        }

        @Override
        public void archiveEnd() throws IOException {
            call(3);
        }

        @Override
        public void manifest(byte[] json) {}
    }
}
