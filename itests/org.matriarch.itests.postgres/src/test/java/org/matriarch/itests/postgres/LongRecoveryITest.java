package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** A recovery replays hundreds of segments, fetched by command, over a change of timeline and an outage of the container. */
final class LongRecoveryITest {

    private static final int MAJOR = 17;
    private static final int SEGMENTS_OF_EACH_TIMELINE = 160;
    private static final int SEGMENTS_BEFORE_THE_OUTAGE = 100;
    private static final Pattern RESTORED = Pattern.compile("restored log file \"[0-9A-F]{24}\" from archive");

    @Test
    void endsWhereItsOriginalWas() {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(MAJOR)
                        .walSegmentMebibytes(1)
                        .setting("archive_mode", "on")
                        .setting("wal_keep_size", "100MB")
                        .start();
                Container container = Container.start()) {
            container.configureServer("main", primary, "streaming_archiver = off", "archiver = on");
            DatabaseHost host = DatabaseHost.of(container, "main", primary);
            host.archive(primary);
            container.backUp("main");
            primary.execute("CREATE TABLE marker (n int)");
            try (EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
                write(primary);
                DatabaseHost.awaitArchived(primary, DatabaseHost.closeSegment(primary));
                awaitReplay(primary, standby);
                primary.stop();
                standby.promote();
                write(standby);
                String end = standby.query("SELECT pg_create_restore_point('end')");
                DatabaseHost.awaitArchived(standby, DatabaseHost.closeSegment(standby));

                Path restored = container.restore(
                        "main", "latest", "--get-wal", "--target-tli", "latest", "--target-name", "end");
                try (EmbeddedPostgres again =
                        EmbeddedPostgres.fromDirectory(MAJOR, restored).start()) {
                    awaitFetched(again, SEGMENTS_BEFORE_THE_OUTAGE);
                    container.kill9();
                    container.startAgain();
                    await("target")
                            .pollInterval(Duration.ofMillis(300))
                            .atMost(Duration.ofMinutes(5))
                            .until(() -> again.query("SELECT pg_get_wal_replay_pause_state()")
                                    .equals("paused"));

                    assertThat(again.query("SELECT pg_last_wal_replay_lsn()")).isEqualTo(end);
                    assertThat(fetched(again)).isGreaterThan(2 * SEGMENTS_OF_EACH_TIMELINE);
                    assertThat(again.query("SELECT count(*), sum(n) FROM marker"))
                            .isEqualTo(standby.query("SELECT count(*), sum(n) FROM marker"));
                    again.execute("SELECT pg_wal_replay_resume()");
                    again.waitForRecovery(Duration.ofMinutes(2));
                    await("end of the command")
                            .atMost(Duration.ofMinutes(1))
                            .untilAsserted(() -> assertThat(restored.resolve("pgsql_tmp.matriarch"))
                                    .doesNotExist());
                }
            }
        }
    }

    private static void write(EmbeddedPostgres server) {
        for (int i = 0; i < SEGMENTS_OF_EACH_TIMELINE; i++) {
            server.execute("INSERT INTO marker VALUES (%d)".formatted(i));
            DatabaseHost.closeSegment(server);
        }
    }

    private static void awaitReplay(EmbeddedPostgres primary, EmbeddedPostgres standby) {
        String position = primary.query("SELECT pg_current_wal_lsn()");
        await("replay")
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofMinutes(2))
                .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(position))
                        .equals("t"));
    }

    private static void awaitFetched(EmbeddedPostgres server, int segments) {
        await("fetched segments")
                .pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofMinutes(5))
                .until(() -> fetched(server) >= segments);
    }

    private static long fetched(EmbeddedPostgres server) {
        return RESTORED.matcher(server.log()).results().count();
    }
}
