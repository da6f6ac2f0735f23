package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** WAL comes through the replication protocol and through archive_command at once: there is one copy of each segment. */
final class BothChannelsITest {

    private static final int SEGMENTS = 12;

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void keepOneCopyOfEachSegment(int major) {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major)
                        .setting("archive_mode", "on")
                        .start();
                Container container = Container.start()) {
            container.care("main", server, "archiver = on");
            DatabaseHost.of(container, "main", server).archive(server);
            String last = "";
            try (SteadyWriter writer = SteadyWriter.withoutPause(server)) {
                for (int i = 0; i < SEGMENTS; i++) {
                    writer.awaitRows(50);
                    server.execute("CREATE TABLE filler_%d AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n"
                            .formatted(i));
                    last = DatabaseHost.closeSegment(server);
                }
            }
            DatabaseHost.awaitArchived(server, last);
            container.ok("wal:switch", "main", "--archive", "--archive-timeout", "120");

            String end = last;
            await("archive")
                    .pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofMinutes(2))
                    .untilAsserted(() -> assertThat(DatabaseHost.archived(container, "main"))
                            .hasSizeGreaterThanOrEqualTo(SEGMENTS)
                            .contains(end));
            assertThat(server.query("SELECT failed_count FROM pg_stat_archiver"))
                    .as(server::log)
                    .isEqualTo("0");
            await("no WAL that waits, and none aside")
                    .pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> {
                        for (String directory : List.of("errors", "pushed", "incoming")) {
                            assertThat(container.data().resolve("matriarch/main/" + directory))
                                    .satisfiesAnyOf(
                                            files -> assertThat(files).doesNotExist(),
                                            files -> assertThat(files).isEmptyDirectory());
                        }
                    });
        }
    }
}
