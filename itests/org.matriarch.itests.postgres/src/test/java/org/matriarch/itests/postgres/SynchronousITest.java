package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** The receiver is the only synchronous standby; the primary is lost with its directory, and no acknowledged row is. */
final class SynchronousITest {

    private static final int MAJOR = 16;
    private static final int COMMITS = 10_000;

    @Test
    void keepsEveryAcknowledgedCommitOfALostPrimary() {
        try (Container container = Container.start()) {
            SteadyWriter writer;
            try (EmbeddedPostgres primary =
                    EmbeddedPostgres.builder(MAJOR).fsync(true).start()) {
                container.care("main", primary);
                container.backUp("main");
                primary.execute("ALTER SYSTEM SET synchronous_standby_names = 'matriarch_receive_wal'");
                primary.reload();
                await("synchronous state")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> primary.query(
                                        "SELECT coalesce(bool_or(sync_state = 'sync'), false) FROM pg_stat_replication")
                                .equals("t"));
                writer = SteadyWriter.withoutPause(primary);
                writer.awaitRows(COMMITS);
                primary.kill9();
                writer.close();
            }

            Path restored = container.restore("main", "latest");

            assertThat(writer.acknowledged()).isGreaterThanOrEqualTo(COMMITS);
            try (EmbeddedPostgres again = EmbeddedPostgres.fromDirectory(MAJOR, restored)
                    .setting("synchronous_standby_names", "")
                    .start()) {
                again.waitForRecovery(Duration.ofMinutes(2));
                assertThat(writer.missingIn(again)).isZero();
            }
        }
    }
}
