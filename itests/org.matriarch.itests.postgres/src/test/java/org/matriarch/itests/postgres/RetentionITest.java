package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** What a retention policy has deleted, and that all the rest comes back. */
final class RetentionITest {

    private static final int MAJOR = 17;
    private static final int KILLS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** What is deleted, and when, is decided by the story. */
    private static final String BY_COMMAND = "retention_policy_mode = manual";

    @Test
    void deletesWhatIsObsoleteAndRestoresTheRest() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            container.care("main", server);
            server.execute("CREATE TABLE step (n int)");
            String alone = takeStep(1, server, container);
            String old = takeStep(2, server, container);
            String base = takeStep(3, server, container);
            String latest = takeStep(4, server, container);
            assertThat(container.ok("retention:plan", "main").out())
                    .contains("no retention policy", "nothing to delete");

            container.ok("backup:keep", "main", alone, "--target", "standalone");
            container.configureServer(
                    "main", server, "retention_policy = REDUNDANCY 2", "minimum_redundancy = 1", BY_COMMAND);
            await("policy")
                    .atMost(PATIENCE)
                    .until(() -> container.ok("retention:plan", "main").out().contains("would delete backup " + old));
            assertThat(container.ok("backup:list", "main").out())
                    .containsPattern(latest + ".*VALID")
                    .containsPattern(base + ".*VALID")
                    .containsPattern(old + ".*OBSOLETE")
                    .containsPattern(alone + ".*KEEP:STANDALONE");
            long before = segments(container);
            container.ok("retention:apply", "main", "--dry-run");
            assertThat(segments(container)).isEqualTo(before);

            container.ok("retention:apply", "main");

            assertThat(container.ok("backup:list", "main", "--minimal").out().lines())
                    .containsExactly(latest, base, alone);
            assertThat(segments(container)).isLessThan(before);
            assertThat(container.ok("retention:apply", "all").out()).isEqualTo("server main: nothing to delete\n");
            container.ok("server:check", "main");
            for (String backup : List.of(alone, base, latest)) {
                container.ok("backup:verify", "main", backup);
                container.ok("backup:check", "main", backup);
            }
            assertThat(steps(container.restore("main", alone, "--target-immediate", "--target-action", "promote")))
                    .isEqualTo("1");
            assertThat(steps(container.restore("main", base))).isEqualTo("4");
            container.ok("backup:keep", "main", alone, "--release");
            container.ok("retention:apply", "main");
            assertThat(container.ok("backup:list", "main", "--minimal").out().lines())
                    .containsExactly(latest, base);
        }
    }

    @Test
    void finishesWhatTheEndOfTheContainerBrokeOff() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            container.care("main", server, "retention_policy = REDUNDANCY 1", BY_COMMAND);
            server.execute("CREATE TABLE step (n int)");
            String latest = "";
            for (int step = 1; step <= KILLS; step++) {
                takeStep(2 * step - 1, server, container);
                latest = takeStep(2 * step, server, container);
                Process applying = container.begin("retention:apply", "main");
                Duration moment = Duration.ofMillis(60L * (step - 1)); // each time somewhat later
                await().pollDelay(moment).atMost(PATIENCE).until(() -> true);
                container.kill9();
                applying.onExit().join();
                container.startAgain();
                container.awaitStreaming("main");
                assertThat(container.ok("backup:check", "main", latest).out()).contains("DONE");
            }

            String survivor = latest;
            await("leftovers").atMost(PATIENCE).until(() -> {
                container.run("retention:apply", "main");
                return container
                        .ok("backup:list", "main", "--minimal")
                        .out()
                        .strip()
                        .equals(survivor);
            });
            assertThat(steps(container.restore("main", survivor))).isEqualTo(String.valueOf(2 * KILLS));
        }
    }

    /** Writes a row, takes a backup, and moves on to other WAL. */
    private static String takeStep(int step, EmbeddedPostgres server, Container container) {
        server.execute("INSERT INTO step VALUES (%d)".formatted(step));
        String backup = container.backUp("main");
        container.ok("wal:switch", "main", "--force", "--archive");
        container.ok("wal:switch", "main", "--force", "--archive");
        return backup;
    }

    private static String steps(Path restored) {
        return Restored.query(MAJOR, restored, "SELECT count(*) FROM step");
    }

    private static long segments(Container container) {
        try (Stream<Path> files = Files.walk(container.data().resolve("matriarch/main/wals"))) {
            return files.filter(file ->
                            String.valueOf(file.getFileName()).matches("[0-9A-F]{24}") && Files.isRegularFile(file))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
