package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** What cannot work is refused with one clear error, a hint and the right exit code, and nothing is lost. */
final class RefusalsITest {

    private static final int MAJOR = 17;

    @SuppressWarnings("NullAway.Init")
    private static Container container;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedPostgres server;

    @BeforeAll
    static void startAll() {
        server = EmbeddedPostgres.builder(MAJOR).start();
        container = Container.start();
        container.care("main", server);
        container.backUp("main");
    }

    @AfterAll
    static void stopAll() {
        container.close();
        server.close();
    }

    @Test
    void namesTheBackupThatIsNotThere() {
        refused(container.run("backup:show", "main", "20200101T000000"), 4003, 1);
        refused(container.run("backup:show", "main", "no-such-name"), 4003, 1);
    }

    @Test
    void namesTheServerThatIsNotConfigured() {
        Container.Result result = container.run("backup:list", "mian");

        refused(result, 1002, 2);
        assertThat(result.error()).contains("main");
    }

    @Test
    void tellsAWrongPassword() {
        try (EmbeddedPostgres guarded = EmbeddedPostgres.builder(MAJOR)
                .password("right")
                .pgHba("host all all 127.0.0.1/32 scram-sha-256", "host replication all 127.0.0.1/32 scram-sha-256")
                .start()) {
            container.configureServer("guarded", guarded, "conninfo = " + guarded.conninfo() + " password=wr0ng");

            Container.Result backup = container.run("backup:create", "guarded");
            Container.Result check = container.run("server:check", "guarded");

            refused(backup, 7002, 1);
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(backup.error()
                            + check.out()
                            + container.ok("server:show", "guarded").out()
                            + container.log())
                    .doesNotContain("wr0ng");
            container.removeConfiguration("org.matriarch.server-guarded.cfg");
        }
    }

    @Test
    void tellsAServerThatIsDown() {
        try (EmbeddedPostgres down = EmbeddedPostgres.builder(MAJOR).start()) {
            container.configureServer("down", down);
            down.stop();

            refused(container.run("backup:create", "down"), 7001, 1);
            assertThat(container.run("server:check", "down").exitCode()).isEqualTo(1);
            assertThat(container.run("server:check", "down", "--nagios").exitCode())
                    .isEqualTo(2);
            container.removeConfiguration("org.matriarch.server-down.cfg");
        }
    }

    @Test
    void tellsThatNoSlotIsLeft() {
        try (EmbeddedPostgres crowded = EmbeddedPostgres.builder(MAJOR)
                .setting("max_replication_slots", "1")
                .start()) {
            crowded.execute("SELECT pg_create_physical_replication_slot('taken')");
            container.configureServer("crowded", crowded);

            await("receiver")
                    .pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> container
                            .run("wal:receive", "crowded", "status")
                            .out()
                            .contains("MATR-3006"));
            assertThat(container.run("server:check", "crowded").exitCode()).isEqualTo(1);
            container.removeConfiguration("org.matriarch.server-crowded.cfg");
        }
    }

    @Test
    void tellsAServerWithoutEnoughWal() {
        try (EmbeddedPostgres minimal = EmbeddedPostgres.builder(MAJOR)
                .setting("wal_level", "minimal")
                .setting("max_wal_senders", "0")
                .start()) {
            container.configureServer("minimal", minimal);

            Container.Result result = container.run("backup:create", "minimal");

            refused(result, 7003, 1);
            assertThat(result.error()).contains("wal_level");
            container.removeConfiguration("org.matriarch.server-minimal.cfg");
        }
    }

    @Test
    void refusesARepositoryOfAnotherServer() {
        try (EmbeddedPostgres other = EmbeddedPostgres.builder(MAJOR).start();
                EmbeddedPostgres first = EmbeddedPostgres.builder(MAJOR).start()) {
            container.care("swapped", first);
            container.backUp("swapped");
            container.configureServer("swapped", other);

            refused(container.run("backup:create", "swapped"), 2005, 1);
            assertThat(container.run("server:check", "swapped").exitCode()).isEqualTo(1);
            container.configureServer("swapped", first);
            container.awaitStreaming("swapped");
            container.ok("backup:verify", "swapped", "latest");
            container.removeConfiguration("org.matriarch.server-swapped.cfg");
        }
    }

    @Test
    void refusesADestinationThatCannotBeWritten() {
        refused(container.run("backup:restore", "main", "latest", "/proc/restored"), 5001, 1);
        refused(
                container.run(
                        "backup:restore", "main", "latest", container.data().toString()),
                5001,
                1);
    }

    @Test
    void refusesATargetBeforeTheBackupsEnd() {
        Path destination = container.newDirectory("never");
        String[] early = {
            "backup:restore", "main", "latest", destination.toString(), "--target-time", "2020-01-01T00:00:00Z"
        };

        refused(container.run(early), 5003, 1);
        assertThat(destination).doesNotExist();
    }

    @Test
    void refusesTwoTargetsAtOnce() {
        Path destination = container.newDirectory("never");

        Container.Result result = container.run(
                "backup:restore",
                "main",
                "latest",
                destination.toString(),
                "--target-xid",
                "800",
                "--target-immediate");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.error()).startsWith("MATR-").contains("HINT: ");
    }

    @Test
    void refusesWhatIsNoNameOfWal() {
        refused(container.run("wal:get", "main", "nonsense"), 1004, 3);
        refused(container.run("wal:get", "main", "0000000100000000000000FF"), 3001, 1);
    }

    @Test
    void keepsWhatItHasWhenTheDiskIsFull() {
        try (EmbeddedPostgres large = EmbeddedPostgres.builder(MAJOR).start();
                Container small = Container.startWithHome(370)) {
            small.care("main", large);
            large.execute("CREATE TABLE marker AS SELECT 1 AS n");
            String whole = small.backUp("main");
            large.execute(
                    "CREATE TABLE filler AS SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 200000) n");

            Container.Result result = small.run("backup:create", "main");

            refused(result, 2003, 1);
            assertThat(small.ok("backup:list", "main", "--format", "json").out())
                    .contains("FAILED");
            small.ok("backup:verify", "main", whole);
        }
    }

    @Test
    void keepsTheLastGoodConfiguration() {
        try (EmbeddedPostgres edited = EmbeddedPostgres.builder(MAJOR).start()) {
            container.configureServer("edited", edited);
            String broken =
                    "conninfo = %s\nslot_name = matriarch_edited\nparallel_jobs = many\n".formatted(edited.conninfo());

            container.configure("org.matriarch.server-edited.cfg", broken);

            await("refusal")
                    .pollInterval(Duration.ofMillis(300))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> container.run("server:check", "edited").out().contains("parallel_jobs"));
            assertThat(container.ok("server:show", "edited").out()).contains("matriarch_edited");
            assertThat(container.log()).contains("parallel_jobs").contains("many");
            container.removeConfiguration("org.matriarch.server-edited.cfg");
        }
    }

    private static void refused(Container.Result result, int code, int exitCode) {
        List<String> error = result.error().lines().toList();
        assertThat(error).as(result::toString).hasSizeGreaterThanOrEqualTo(2);
        assertThat(error.get(error.size() - 2)).startsWith("MATR-%d: ".formatted(code));
        assertThat(error.get(error.size() - 1)).startsWith("HINT: ").endsWith(".");
        assertThat(result.exitCode()).as(result::toString).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
    }
}
