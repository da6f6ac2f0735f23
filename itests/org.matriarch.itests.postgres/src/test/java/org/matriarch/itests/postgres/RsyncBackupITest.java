package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/** Backups whose files are copied with rsync, from a real OpenSSH server. */
final class RsyncBackupITest {

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

    /** All paths of the server mean something to a shell. */
    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void bringsBackEveryRowThatWasAcknowledged(int major) throws IOException {
        try (EmbeddedPostgres server = startAt(major, "it's \"däta\" $(touch owned) *[a]");
                Container container = Container.start()) {
            tablespace(server, "a \"place\" with spaces and $(touch owned)"); // PostgreSQL takes no single quote
            server.execute("CREATE TABLE in_side TABLESPACE side AS SELECT n FROM generate_series(1, 1000) n");
            container.care("main", server, method("rsync"), "parallel_jobs = 2", "network_compression = on");
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
                    .containsPattern("\"transport\" *: *\"rsync\"");
            container.ok("backup:verify", "main", "latest");
            assertThat(named("owned", server.dataDirectory(), server.scratchDirectory(), container.data()))
                    .isEmpty();
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
            container.care("main", server, method("rsync"), "reuse_backup = link");
            Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
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
            assertThat(CopiedFiles.bytesOfItsOwn(container, second))
                    .isLessThan(stillBytes / 2)
                    .isLessThanOrEqualTo(bytesChangedSince(begin, container, second) * 105 / 100);
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
    void goesOnWhereAnotherMethodEnded() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE still AS SELECT n FROM generate_series(1, 50000) n");
            server.execute("CHECKPOINT");
            CopiedFiles.awaitThatTimesProveSomething(server);
            String still = server.query("SELECT pg_relation_filepath('still')");
            container.care("main", server, "reuse_backup = link");
            String streamed = container.backUp("main");
            switchTo(container, server, "rsync");
            String synced = container.backUp("main");
            switchTo(container, server, "ssh");
            String fetched = container.backUp("main");
            switchTo(container, server, "rsync");
            String syncedAgain = container.backUp("main");

            assertThat(CopiedFiles.inode(container, fetched, still))
                    .isEqualTo(CopiedFiles.inode(container, synced, still));
            assertThat(CopiedFiles.inode(container, syncedAgain, still))
                    .isEqualTo(CopiedFiles.inode(container, synced, still));
            for (String backup : List.of(streamed, synced, fetched, syncedAgain)) {
                container.ok("backup:verify", "main", backup);
                Path restored = container.restore("main", backup, "--target-immediate", "--target-action", "promote");
                assertThat(Restored.query(MAJOR, restored, "SELECT count(*) FROM still"))
                        .isEqualTo("50000");
            }
        }
    }

    @Test
    void saysWhatIsWrongBeforeAndDuringABackup() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                SshServer bare = SshServer.start(
                        directory.resolve("bare"),
                        "ForceCommand env PATH=/nowhere /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"");
                SshServer modest = SshServer.start(directory.resolve("modest"), steppingDown());
                Container container = Container.start()) {
            container.care("main", server, method("rsync"));
            assertThat(container.run("server:check", "main").out())
                    .containsPattern("main +\\| ssh +\\| OK")
                    .containsPattern("main +\\| rsync +\\| OK +\\| \\d\\S+ here, \\d\\S+ there")
                    .containsPattern("main +\\| data directory readable +\\| OK");

            use(container, server, bare.command());
            refused(container, "MATR-7011: host '127.0.0.1' has no rsync: ", "HINT: install rsync there");
            Container.Result check = container.run("server:check", "main", "--nagios");
            assertThat(check.exitCode()).isEqualTo(2);
            assertThat(check.out()).contains("main FAILED: rsync");

            use(container, server, ssh.command("key", "nothing"));
            refused(container, "MATR-7009: unable to connect to host '127.0.0.1': its key is not known here", "HINT: ");

            Path data = Path.of(server.query("SHOW data_directory"));
            Path secret = Files.writeString(data.resolve("base/se cret"), "x");
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
            use(container, server, modest.command());
            refused(container, "MATR-7010: host '127.0.0.1' does not let us read '%s'".formatted(secret), "HINT: let");
            Files.delete(secret);
            container.backUp("main");
            assertThat(container.ok("backup:list", "main").out()).doesNotContain("STARTED");
        }
    }

    @Test
    void leavesWhatIsThereWhenTheDiskIsFull() {
        try (EmbeddedPostgres large = EmbeddedPostgres.builder(MAJOR).start();
                Container small = Container.startWithHome(370)) {
            small.care("main", large, method("rsync"));
            large.execute("CREATE TABLE marker AS SELECT 1 AS n");
            String whole = small.backUp("main");
            large.execute(
                    "CREATE TABLE filler AS SELECT n, repeat(md5(n::text), 20) FROM generate_series(1, 200000) n");

            refused(small, "MATR-2003: ", "HINT: make room");

            small.ok("backup:verify", "main", whole);
        }
    }

    @Test
    void leavesNothingRunningWhenItIsKilled() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
            container.care("main", server, method("rsync"), "reuse_backup = link");
            container.begin("backup:create", "main", "--bwlimit", "1024");
            await("files on their way")
                    .pollInterval(Duration.ofMillis(300))
                    .atMost(PATIENCE)
                    .until(() -> !programs(server).isEmpty()
                            && container
                                    .run("job:list", "--format", "json")
                                    .out()
                                    .contains("copying files"));

            container.kill9();

            await("end of all programs")
                    .atMost(PATIENCE)
                    .until(() -> programs(server).isEmpty());
            container.startAgain();
            container.awaitStreaming("main");
            assertThat(container.ok("backup:list", "main").out())
                    .contains("FAILED")
                    .doesNotContain("STARTED");
            String whole = container.backUp("main");
            assertThat(container.ok("backup:list", "main").out()) // it has gone on with the broken one
                    .contains("DONE")
                    .doesNotContain("STARTED", "FAILED");
            container.ok("backup:verify", "main", whole);
            Path restored = container.restore("main", whole, "--target-immediate", "--target-action", "promote");
            assertThat(Restored.query(MAJOR, restored, "SELECT count(*) FROM fact"))
                    .isEqualTo("20000");
        }
    }

    private String method(String name) {
        return "backup_method = %s\nssh_command = %s".formatted(name, ssh.command());
    }

    private void switchTo(Container container, EmbeddedPostgres server, String name) {
        container.configureServer("main", server, method(name), "reuse_backup = link");
        await("method " + name)
                .atMost(PATIENCE)
                .until(() -> container
                        .run("server:show", "main")
                        .out()
                        .matches("(?s).*backup_method *\\W *" + name + "\\b.*"));
        container.awaitStreaming("main");
    }

    private static void use(Container container, EmbeddedPostgres server, String command) {
        container.configureServer("main", server, "backup_method = rsync", "ssh_command = " + command);
        await("command")
                .atMost(PATIENCE)
                .until(() -> container
                        .run("server:show", "main", "--format", "json")
                        .out()
                        .contains(command));
        container.awaitStreaming("main");
    }

    private static void refused(Container container, String error, String hint) {
        Container.Result result = container.run("backup:create", "main");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.error()).contains(error, hint);
        assertThat(container.ok("backup:list", "main").out()).doesNotContain("STARTED");
    }

    /** Returns the programs that copy from a server through our SSH server, on either side. */
    private List<ProcessHandle> programs(EmbeddedPostgres server) {
        String key = ssh.command().replaceAll(".*'UserKnownHostsFile=([^']+)'.*", "$1");
        return ProcessHandle.allProcesses()
                .filter(each -> {
                    String line = each.info().commandLine().orElse("");
                    return line.contains(key)
                            || (line.contains("rsync --server")
                                    && line.contains(server.dataDirectory().toString()));
                })
                .toList();
    }

    /** Starts a server whose data directory has a name of its own. */
    private EmbeddedPostgres startAt(int major, String name) throws IOException {
        Path moved = directory.resolve(name);
        try (EmbeddedPostgres made = EmbeddedPostgres.builder(major).start()) {
            made.stop();
            Files.move(made.dataDirectory(), moved);
        }
        return EmbeddedPostgres.fromDirectory(major, moved).start();
    }

    /** Who may read everything proves nothing about what may not be read. */
    private static String steppingDown() {
        return System.getProperty("user.name").equals("root")
                ? "ForceCommand setpriv --reuid=65534 --regid=65534 --clear-groups -- /bin/sh -c \"$SSH_ORIGINAL_COMMAND\""
                : "";
    }

    private static void tablespace(EmbeddedPostgres server, String name) throws IOException {
        Path location = Files.createDirectory(server.scratchDirectory().resolve(name));
        ServerUser.own(location);
        server.execute("CREATE TABLESPACE side LOCATION '%s'".formatted(location));
    }

    private static List<Path> named(String name, Path... tops) throws IOException {
        for (Path top : tops) {
            try (Stream<Path> files = Files.walk(top)) {
                List<Path> found = files.filter(file -> file.endsWith(name)).toList();
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        return List.of();
    }

    private static long bytesChangedSince(Instant begin, Container container, String backup) throws IOException {
        try (Stream<Path> files = Files.walk(CopiedFiles.base(container, backup))) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file ->
                            !Instant.ofEpochMilli(file.toFile().lastModified()).isBefore(begin))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
