package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/** What stands in the way of a backup over SSH, and names that only look as if they did. */
final class SshTroubleITest {

    private static final int MAJOR = 16;
    private static final String ODD = "it's \"odd\" $(touch owned) `touch owned` * \\";

    @TempDir
    private Path directory;

    private SshServer ssh;

    @BeforeEach
    void startSsh() {
        ssh = SshServer.startForServers(directory.resolve("ssh"));
    }

    @AfterEach
    void stopSsh() {
        ssh.close();
    }

    @Test
    void saysThatTheStoreIsFull() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.startWithHome(370)) {
            container.care("main", server, method());
            String whole = container.backUp("main");
            server.execute(
                    "CREATE TABLE filler AS SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 200000) n");

            refused(container.run("backup:create", "main"), 2003);

            container.ok("backup:verify", "main", whole);
            server.execute("DROP TABLE filler");
            container.ok("backup:delete", "main", "last-failed");
            container.ok("backup:create", "main");
        }
    }

    @Test
    void saysWhichFileItMayNotRead() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            Path file = Files.writeString(server.dataDirectory().resolve("left here by somebody"), "secret");
            ServerUser.own(file);
            container.care("main", server, method());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));

            Container.Result result = container.run("backup:create", "main");

            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            refused(result, 7010);
            assertThat(result.error()).contains("host '127.0.0.1' does not let us read '%s'".formatted(file));
            container.ok("backup:verify", "main", container.backUp("main"));
        }
    }

    @Test
    void saysAtOnceThatTheWalItBeginsWithIsMissing() {
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(MAJOR).start();
                EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary);
                Container container = Container.start()) {
            primary.execute("CREATE TABLE fact AS SELECT 1 AS n");
            for (int i = 0; i < 3; i++) {
                primary.execute("SELECT pg_switch_wal()");
                primary.execute("INSERT INTO fact VALUES (1)");
            }
            awaitReplay(primary, standby);
            container.care("main", standby, method(), "slot_name = ", "create_slot = manual");

            Container.Result result = container.run("backup:create", "main");

            refused(result, 4001);
            assertThat(result.error()).contains("which was never received", "run CHECKPOINT on the primary");
            primary.execute("CHECKPOINT");
            awaitReplay(primary, standby);
            standby.execute("CHECKPOINT");
            container.ok("backup:create", "main");
        }
    }

    private static void awaitReplay(EmbeddedPostgres primary, EmbeddedPostgres standby) {
        String position = primary.query("SELECT pg_current_wal_lsn()");
        await("replay")
                .atMost(Duration.ofMinutes(2))
                .until(() -> standby.query("SELECT pg_last_wal_replay_lsn() >= '%s'".formatted(position))
                        .equals("t"));
    }

    @Test
    void takesNamesForNothingButNames() throws IOException {
        try (EmbeddedPostgres prepared = EmbeddedPostgres.builder(MAJOR).prepare();
                Container container = Container.start()) {
            Path data = prepared.scratchDirectory().resolve(ODD + " data");
            Files.move(prepared.dataDirectory(), data);
            try (EmbeddedPostgres server =
                    EmbeddedPostgres.fromDirectory(MAJOR, data).start()) {
                Path side = Files.createDirectory(prepared.scratchDirectory().resolve(ODD.replace("'", "") + " side"));
                ServerUser.own(side);
                server.execute("CREATE TABLESPACE side LOCATION '%s'".formatted(side));
                server.execute("CREATE TABLE in_side TABLESPACE side AS SELECT n FROM generate_series(1, 1000) n");
                container.care("main", server, method(), "parallel_jobs = 2", "description = " + ODD.replace("\\", ""));
                container.backUp("main");
            }
            Path restored = container.data().resolve(ODD + " restored");
            Path moved = container.data().resolve(ODD + " moved");

            container.ok(
                    "backup:restore",
                    "main",
                    "latest",
                    restored.toString(),
                    "--target-immediate",
                    "--target-action",
                    "promote",
                    "--tablespace",
                    "side:" + moved);

            assertThat(Restored.query(MAJOR, restored, "SELECT sum(n) FROM in_side"))
                    .isEqualTo("500500");
            for (Path place : List.of(
                    Path.of(""),
                    Path.of(System.getProperty("user.home")),
                    container.data(),
                    restored,
                    data,
                    prepared.scratchDirectory(),
                    directory.resolve("ssh"))) {
                assertThat(place.resolve("owned")).doesNotExist();
            }
        }
    }

    private static void refused(Container.Result result, int code) {
        List<String> error = result.error().lines().toList();
        assertThat(error).as(result::toString).hasSizeGreaterThanOrEqualTo(2);
        assertThat(error.get(error.size() - 2)).startsWith("MATR-%d: ".formatted(code));
        assertThat(error.get(error.size() - 1)).startsWith("HINT: ").endsWith(".");
        assertThat(result.exitCode()).as(result::toString).isEqualTo(1);
    }

    private String method() {
        return "backup_method = ssh\nssh_command = " + ssh.command();
    }
}
