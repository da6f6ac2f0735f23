package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Two containers are given the same repositories, and the same server to take care of. */
final class TwoContainersITest {

    private static final int MAJOR = 17;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String TAKEN =
            "MATR-2008: the repository of server 'main' is in the charge of process %d on host '";

    @Test
    void oneTakesCareAndTheOtherStandsBy() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container first = Container.start();
                Container second = Container.startConfigured(Map.of(
                        "org.matriarch.cfg",
                        "matriarch_home = %s%n".formatted(first.data().resolve("matriarch"))))) {
            server.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n");
            first.care("main", server);
            String backup = first.backUp("main");
            second.configureServer("main", server);

            String taken = TAKEN.formatted(first.pid());
            await("a word about it").atMost(PATIENCE).until(() -> second.log().contains("is left alone for now"));
            Container.Result refused = second.run("backup:create", "main");
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.error()).contains(taken, "HINT: ");
            assertThat(second.run("backup:delete", "main", backup).error()).contains(taken);
            assertThat(second.run("wal:receive", "main", "start").error()).contains(taken);
            assertThat(second.run("wal:receive", "main", "status").out()).contains(taken.substring(11));
            Container.Result check = second.run("server:check", "main");
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.out()).containsPattern("repository lock.*FAILED.*process " + first.pid());
            // What is read is what the other one writes.
            assertThat(second.ok("backup:list", "main", "--minimal").out()).isEqualToIgnoringNewLines(backup);
            first.ok("wal:switch", "main", "--archive");
            assertThat(wal(second)).isEqualTo(wal(first));
            assertThat(Restored.query(
                            MAJOR,
                            second.restore("main", backup, "--target-immediate", "--target-action", "promote"),
                            "SELECT sum(n) FROM kept"))
                    .isEqualTo("500500");
            assertThat(first.ok("server:check", "main").out()).containsPattern("repository lock.*OK");

            server.execute("CREATE TABLE later AS SELECT n FROM generate_series(1, 100) n");
            first.kill9();
            second.awaitStreaming("main");
            String next = second.backUp("main");
            assertThat(Restored.query(MAJOR, second.restore("main", next), "SELECT sum(n) FROM later"))
                    .isEqualTo("5050");
            assertThat(second.ok("backup:list", "main", "--minimal").out()).contains(backup, next);
            assertThat(wal(second)).doesNotContain("gap");

            first.startAgain();
            await("a word about it, here")
                    .atMost(PATIENCE)
                    .until(() -> first.run("backup:create", "main").error().contains(TAKEN.formatted(second.pid())));
            assertThat(first.ok("backup:list", "main", "--minimal").out()).contains(backup, next);
        }
    }

    private static String wal(Container container) {
        return container.ok("wal:list", "main").out();
    }
}
