package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** What a container does without being asked: it enforces retention, begins backups by the clock, and says which it could not. */
final class MaintenanceITest {

    private static final int MAJOR = 17;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String EVERY_MINUTE = "backup_schedule = * * * * *";

    @Test
    void runsByItself() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            Path hold = Files.createFile(container.data().resolve("hold"));
            container.care("tidy", server, "retention_policy = REDUNDANCY 1");
            container.care("busy", server, "pre_backup_script = while [ -e %s ]; do sleep 0.1; done".formatted(hold));
            container.care("nightly", server);

            Process byHand = container.begin("backup:create", "busy");
            awaitLine(container, "RUNNING", "job:list");
            container.configureServer("nightly", server, EVERY_MINUTE);
            container.configureServer(
                    "busy",
                    server,
                    EVERY_MINUTE,
                    "pre_backup_script = while [ -e %s ]; do sleep 0.1; done".formatted(hold));
            container.backUp("tidy");
            String newest = container.backUp("tidy");

            beginsABackupByTheClock(container);
            missesARunWhileABackupRuns(container);
            Files.delete(hold);
            assertThat(byHand.onExit().join().exitValue()).isZero();
            enforcesRetention(container, newest);
            doesARoundWhenAsked(container, server);
            reportsWhatWasMissedWhileItWasDown(container, server);
        }
    }

    private static void beginsABackupByTheClock(Container container) {
        await("scheduled backup")
                .pollInterval(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> container.run("backup:list", "nightly").out().contains("DONE"));
        assertThat(container.log()).containsPattern("backup of server 'nightly' that was due at .* begins as job \\d+");
        assertThat(container.ok("server:check", "nightly").out()).containsPattern("backup schedule.* OK .*next run at");
    }

    private static void missesARunWhileABackupRuns(Container container) {
        awaitLine(container, "another backup was running", "server:check", "busy");
        assertThat(container.log()).containsPattern("BACKUP_MISSED of 'busy' .*another backup was running");
    }

    private static void enforcesRetention(Container container, String newest) {
        await("retention")
                .pollInterval(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> container
                        .ok("backup:list", "tidy", "--minimal")
                        .out()
                        .strip()
                        .equals(newest));
        assertThat(container.ok("job:list").out()).containsPattern("retention:apply +\\| tidy +\\|.*DONE");
        container.ok("backup:verify", "tidy", newest);
    }

    private static void doesARoundWhenAsked(Container container, EmbeddedPostgres server) {
        assertThat(container.ok("maintenance:run", "tidy").out()).isEqualTo("server tidy: nothing to do\n");
        assertThat(container.ok("maintenance:run", "all", "--format", "json").out())
                .contains("\"server\" : \"busy\"", "\"server\" : \"nightly\"", "\"deletedWal\" : 0");

        container.configureServer("tidy", server, "retention_policy = REDUNDANCY 1", "backup_schedule = 0 0 31 4 *");
        awaitLine(container, "it never comes: there is no day 31 in APR", "server:check", "tidy");
        Container.Result refused = container.run("maintenance:run", "tidy");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.error())
                .startsWith("MATR-1001: unable to maintain server 'tidy': its configuration is refused");
    }

    private static void reportsWhatWasMissedWhileItWasDown(Container container, EmbeddedPostgres server)
            throws IOException {
        // Half an hour from now, so that nothing else is due while this is looked at.
        int minute =
                Instant.now().plusSeconds(1800).atZone(ZoneId.systemDefault()).getMinute();
        container.configureServer("late", server, "backup_schedule = %d * * * *".formatted(minute));
        Path kept = container.data().resolve("schedule/late.json");
        await("schedule").atMost(PATIENCE).until(() -> Files.exists(kept));
        container.stop();
        // As if it had been down since then: nobody waits for hours.
        Instant before = Instant.now().minus(Duration.ofHours(2));
        Files.writeString(
                kept,
                Files.readString(kept).replaceFirst("\"settled\" : \"[^\"]*\"", "\"settled\" : \"" + before + "\""));

        container.startAgain();

        awaitLine(container, "missed 2 runs from", "server:check", "late");
        assertThat(container.log()).containsPattern("BACKUP_MISSED of 'late' .*missed 2 runs from");
        container.awaitStreaming("late");
        container.ok("backup:create", "late");
        assertThat(container.ok("server:check", "late").out()).containsPattern("backup schedule.* OK .*next run at");
    }

    private static void awaitLine(Container container, String text, String... command) {
        await(text)
                .pollInterval(Duration.ofMillis(500))
                .atMost(PATIENCE)
                .until(() -> container.run(command).out().contains(text));
    }
}
