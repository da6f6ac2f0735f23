package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** The container is killed at random moments of backup and streaming: no gap, no false DONE, and it goes on. */
final class KilledContainerITest {

    private static final int MAJOR = 15;
    private static final int KILLS = 20;
    private static final int LONGEST_MILLIS = 4_000;
    private static final Pattern DONE =
            Pattern.compile("\"id\"\\s*:\\s*\"([^\"]+)\"[^{}]*?\"status\"\\s*:\\s*\"DONE\"");

    @Test
    void losesNothingWheneverItIsKilled() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR)
                        .setting("wal_keep_size", "0")
                        .start();
                Container container = Container.start()) {
            container.care("main", server);
            server.execute("CREATE TABLE filler AS SELECT n, md5(n::text) FROM generate_series(1, 300000) n");
            SteadyWriter writer = SteadyWriter.withoutPause(server);
            try (writer) {
                for (int kill = 1; kill <= KILLS; kill++) {
                    Process backup = container.begin("backup:create", "main");
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_MILLIS)));
                    container.kill9();
                    backup.onExit().join();
                    container.startAgain();
                    requireTruth(container, "seed %d, kill %d".formatted(seed, kill));
                }
                container.awaitStreaming("main");
                container.backUp("main");
                writer.awaitRows(100);
            }
            container.ok("wal:switch", "main", "--archive", "--archive-timeout", "90");
            requireTruth(container, "end of seed " + seed);
            requireWhole(container, seed);

            try (EmbeddedPostgres again = Restored.start(MAJOR, container.restore("main", "latest"))) {
                assertThat(writer.missingIn(again)).as("seed %d", seed).isZero();
            }
        }
    }

    /** No segment is missing between archived ones, no backup is still STARTED, and what is DONE verifies. */
    private static void requireTruth(Container container, String moment) {
        assertThat(container.ok("wal:list", "main", "--format", "json").out())
                .as(moment)
                .containsPattern("\"gaps\"\\s*:\\s*\\[\\s*\\]");
        await(moment)
                .pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(30))
                .until(() -> !backups(container).contains("STARTED"));
        if (backups(container).contains("\"DONE\"")) {
            container.ok("backup:verify", "main", "latest", "--fast");
        }
    }

    /** Reads each backup that is said to be whole, byte by byte. */
    private static void requireWhole(Container container, long seed) {
        List<String> done = DONE.matcher(backups(container))
                .results()
                .map(backup -> backup.group(1))
                .toList();
        assertThat(done).as("whole backups of seed %d", seed).isNotEmpty();
        for (String id : done) {
            Container.Result verification = container.run("backup:verify", "main", id);
            assertThat(verification.exitCode())
                    .as("seed %d, backup %s%n%s%s", seed, id, verification.out(), verification.error())
                    .isZero();
        }
    }

    private static String backups(Container container) {
        return container.ok("backup:list", "main", "--format", "json").out();
    }
}
