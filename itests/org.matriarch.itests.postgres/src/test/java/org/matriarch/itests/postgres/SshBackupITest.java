package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/** Backups whose files are copied over SSH, from a real OpenSSH server. */
final class SshBackupITest {

    private static final int MAJOR = 16;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private SshServer ssh;

    @BeforeEach
    void startSsh() {
        ssh = SshServer.start(directory.resolve("ssh"));
    }

    @AfterEach
    void stopSsh() {
        ssh.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void bringsBackEveryRowThatWasAcknowledged(int major) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start();
                Container container = Container.start()) {
            tablespace(server);
            server.execute("CREATE TABLE in_side TABLESPACE side AS SELECT n FROM generate_series(1, 1000) n");
            container.care("main", server, method(), "parallel_jobs = 2");
            SteadyWriter writer = SteadyWriter.into(server);
            container.backUp("main");
            writer.awaitRows(100);
            writer.close();
            container.ok("wal:switch", "main", "--archive");
            Path side = container.newDirectory("moved");

            Path restored = container.restore("main", "latest", "--tablespace", "side:" + side);

            try (EmbeddedPostgres again = Restored.start(major, restored)) {
                assertThat(writer.missingIn(again)).isZero();
                assertThat(again.query("SELECT sum(n) FROM in_side")).isEqualTo("500500");
            }
            assertThat(container
                            .ok("backup:show", "main", "latest", "--format", "json")
                            .out())
                    .containsPattern("\"transport\" *: *\"ssh\"");
            container.ok("backup:verify", "main", "latest");
        }
    }

    @Test
    void sharesWhatHasNotChanged() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE still AS SELECT n, repeat('x', 100) FROM generate_series(1, 300000) n");
            server.execute("CREATE TABLE lively AS SELECT n FROM generate_series(1, 1000) n");
            server.execute("CHECKPOINT");
            Path data = Path.of(server.query("SHOW data_directory"));
            CopiedFiles.awaitThatTimesProveSomething(server);
            Path unsure = CopiedFiles.write(data, "first", Instant.now().plusSeconds(3600));
            container.care("main", server, method(), "reuse_backup = link");
            String first = container.backUp("main");
            CopiedFiles.write(data, "other", Files.getLastModifiedTime(unsure).toInstant());
            server.execute("UPDATE lively SET n = n + 1");
            String second = container.backUp("main");
            container.ok("backup:create", "main", "--wait", "--reuse", "copy");
            String third = CopiedFiles.latest(container);

            String still = server.query("SELECT pg_relation_filepath('still')");
            long stillBytes = Files.size(CopiedFiles.file(container, first, still));
            assertThat(CopiedFiles.inode(container, second, still))
                    .isEqualTo(CopiedFiles.inode(container, first, still));
            assertThat(CopiedFiles.inode(container, third, still))
                    .isNotEqualTo(CopiedFiles.inode(container, first, still));
            assertThat(Files.readString(CopiedFiles.file(container, first, "unsure")))
                    .isEqualTo("first");
            assertThat(Files.readString(CopiedFiles.file(container, second, "unsure")))
                    .isEqualTo("other");
            assertThat(CopiedFiles.bytesOfItsOwn(container, second)).isLessThan(stillBytes / 2);
            assertThat(CopiedFiles.bytesOfItsOwn(container, third)).isGreaterThan(stillBytes);

            container.ok("backup:delete", "main", first);
            for (String backup : List.of(second, third)) {
                container.ok("backup:verify", "main", backup);
                Path restored = container.restore("main", backup, "--target-immediate", "--target-action", "promote");
                assertThat(Restored.query(MAJOR, restored, "SELECT count(*) FROM still"))
                        .isEqualTo("300000");
            }
        }
    }

    @Test
    void beginsAgainWhenTheNetworkIsCut() throws IOException, InterruptedException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
            container.care("main", server, method(), "basebackup_retry_times = 1", "basebackup_retry_sleep = 1");

            Process first = container.begin("backup:create", "main", "--wait", "--bwlimit", "1024");
            awaitCopying(container);
            ssh.cutConnections();
            await("second try").atMost(PATIENCE).until(() -> container.log().contains("retry 1 of 1"));
            awaitCopying(container);
            ssh.cutConnections();

            assertThat(first.waitFor()).isEqualTo(1);
            assertThat(container.run("backup:list", "main").out())
                    .contains("FAILED")
                    .doesNotContain("STARTED");
            assertThat(container.log()).contains("MATR-7008");
            container.backUp("main");
            Path restored = container.restore("main", "latest", "--target-immediate", "--target-action", "promote");
            assertThat(Restored.query(MAJOR, restored, "SELECT count(*) FROM fact"))
                    .isEqualTo("20000");
        }
    }

    @Test
    void leavesNothingWrongWhenItIsKilled() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
            container.care("main", server, method(), "reuse_backup = link");
            Container.Result wrong = container.run("backup:create", "main", "--reuse", "hard");
            container.begin("backup:create", "main", "--bwlimit", "1024");
            awaitCopying(container);

            container.kill9();
            container.startAgain();

            assertThat(wrong.exitCode()).isEqualTo(2);
            assertThat(wrong.error()).contains("'hard' is no value of '--reuse'", "HINT: give off, link or copy.");
            container.awaitStreaming("main");
            assertThat(container.ok("backup:list", "main").out())
                    .contains("FAILED")
                    .doesNotContain("STARTED");
            String whole = container.backUp("main");
            assertThat(container.ok("backup:list", "main").out())
                    .contains("DONE")
                    .doesNotContain("STARTED", "FAILED");
            container.ok("backup:verify", "main", whole);
            Path restored = container.restore("main", whole, "--target-immediate", "--target-action", "promote");
            assertThat(Restored.query(MAJOR, restored, "SELECT count(*) FROM fact"))
                    .isEqualTo("20000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh", "rsync"})
    void takesABackupOfAStandby(String method) {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(MAJOR).start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary);
                Container container = Container.start();
                SteadyWriter writer = SteadyWriter.into(primary)) {
            container.care("main", standby, "backup_method = " + method, "ssh_command = " + ssh.command());
            writer.awaitRows(50);
            // A backup of a standby begins where its last restartpoint did, maybe before the first WAL that was
            // received.
            primary.execute("SELECT pg_switch_wal()");
            primary.execute("CHECKPOINT");
            awaitReplay(primary, standby);
            standby.execute("CHECKPOINT");
            container.ok("backup:create", "main");
            String backup = CopiedFiles.latest(container);
            await("WAL of the backup").atMost(PATIENCE).until(() -> {
                primary.execute("SELECT pg_switch_wal()"); // a standby cannot
                writer.awaitRows(5);
                return container.run("backup:check", "main", backup).exitCode() == 0;
            });

            Path restored = container.restore("main", "latest", "--target-immediate", "--target-action", "promote");

            assertThat(Restored.query(MAJOR, restored, "SELECT count(*) >= 50 FROM written"))
                    .isEqualTo("t");
        }
    }

    private static void awaitCopying(Container container) {
        await("files on their way")
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .until(() -> container.run("job:list", "--format", "json").out().contains("copying files"));
    }

    private static void awaitReplay(EmbeddedPostgres primary, EmbeddedPostgres standby) {
        String position = primary.query("SELECT pg_current_wal_lsn()");
        await("replay")
                .atMost(PATIENCE)
                .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(position))
                        .equals("t"));
    }

    private String method() {
        return "backup_method = ssh\nssh_command = " + ssh.command();
    }

    private static void tablespace(EmbeddedPostgres server) throws IOException {
        Path location = Files.createDirectory(server.scratchDirectory().resolve("a place with spaces and $(dollars)"));
        ServerUser.own(location);
        server.execute("CREATE TABLESPACE side LOCATION '%s'"
                .formatted(location.toString().replace("'", "''")));
    }
}
