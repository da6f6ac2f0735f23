package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** The server under care is promoted while it streams: the receiver goes on, and both timelines can be restored. */
final class PromotionITest {

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void followsTheNewTimeline(int major) {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(major)
                        .setting("max_wal_senders", "10")
                        .start();
                Container container = Container.start()) {
            container.care("main", primary);
            primary.execute("CREATE TABLE marker (n int)");
            container.backUp("main");
            primary.execute("INSERT INTO marker VALUES (1)");
            try (EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
                awaitReplay(primary, standby);
                container.care("main", standby);
                primary.execute("INSERT INTO marker VALUES (2)");
                awaitReplay(primary, standby);
                awaitReceived(standby);
                standby.promote();
                standby.execute("INSERT INTO marker VALUES (3)");
                container.ok("wal:switch", "main", "--archive", "--archive-timeout", "90");

                assertThat(container.ok("wal:list", "main").out()).contains("00000002.history");
                assertThat(lastMarker(major, container, "--target-tli", "latest"))
                        .isEqualTo("3");
                assertThat(lastMarker(major, container, "--target-tli", "current"))
                        .isEqualTo("2");
            }
        }
    }

    private static String lastMarker(int major, Container container, String... options) {
        Path restored = container.restore("main", "latest", options);
        return Restored.query(major, restored, "SELECT max(n) FROM marker");
    }

    private static void awaitReplay(EmbeddedPostgres primary, EmbeddedPostgres standby) {
        String position = primary.query("SELECT pg_current_wal_lsn()");
        await("replay")
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(60))
                .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(position))
                        .equals("t"));
    }

    private static void awaitReceived(EmbeddedPostgres standby) {
        await("receiver")
                .pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofSeconds(60))
                .until(() -> standby.query(
                                "SELECT coalesce(bool_or(flush_lsn >= pg_last_wal_replay_lsn()), false) FROM pg_stat_replication")
                        .equals("t"));
    }
}
