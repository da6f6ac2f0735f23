package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SmallFileSystem;
import org.matriarch.testkit.ssh.SshServer;

/** Restores to another host, over a real OpenSSH server, and to where an older copy lies. */
final class RemoteRestoreITest {

    /** A job that has ended still says what it did last. */
    private static final Pattern COPYING =
            Pattern.compile("\"state\" *: *\"RUNNING\"[^}]*\"step\" *: *\"copying files");

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
    void recoversToATargetOnTheOtherSide(int major) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start();
                Container container = Container.start()) {
            tablespace(server);
            server.execute("CREATE TABLE in_side TABLESPACE side AS SELECT n FROM generate_series(1, 1000) n");
            container.care("main", server);
            container.backUp("main");
            server.execute("INSERT INTO in_side VALUES (1001)");
            server.execute("SELECT pg_create_restore_point('before')");
            server.execute("INSERT INTO in_side VALUES (1002)");
            container.ok("wal:switch", "main", "--archive");
            Path side = directory.resolve("side 'a' \"b\" $(touch side-owned)");
            Path data = directory.resolve("data 'a' \"b\" $(touch data-owned) `touch tick`; x");
            String[] options = {
                "--target-name", "before", "--target-action", "promote", "--tablespace", "side:" + side, "--jobs", "3"
            };

            String plan = restore(container, data, append(options, "--dry-run")).out();
            assertThat(plan).contains("through ssh ").contains("tablespace ");
            assertThat(data).doesNotExist();
            assertThat(restore(container, data, options).out()).contains("is restored to " + data + ", through ssh ");

            try (EmbeddedPostgres again = Restored.start(major, data)) {
                assertThat(again.query("SELECT max(n) FROM in_side")).isEqualTo("1001");
                assertThat(again.query("SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'side'"))
                        .isEqualTo(side.toString());
            }
            assertThat(List.of("side-owned", "data-owned", "tick"))
                    .noneMatch(name -> Files.exists(Path.of(System.getProperty("user.home"), name)))
                    .noneMatch(name -> Files.exists(container.data().resolve(name)));
            refused(restoring(container, data), 1, "MATR-5001", "it is not empty");
        }
    }

    @Test
    void fetchesItsWalFromTheContainer() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            server.execute("CREATE TABLE fact AS SELECT 1 AS n");
            container.care("main", server);
            container.backUp("main");
            server.execute("INSERT INTO fact VALUES (2)");
            container.ok("wal:switch", "main", "--archive");
            Path data = directory.resolve("data");

            Container.Result result = restore(container, data, "--get-wal");

            assertThat(result.error())
                    .contains("WARNING: the server will fetch its WAL from " + container.walUrl())
                    .contains("which means another host there");
            assertThat(data.resolve("matriarch_wal")).doesNotExist();
            assertThat(Restored.query(MAJOR, data, "SELECT max(n) FROM fact")).isEqualTo("2");
        }
    }

    @Test
    void goesOnWhenTheNetworkWasCut() throws IOException, InterruptedException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server, "ssh_command = " + ssh.command());
            container.backUp("main");
            Path data = directory.resolve("data");
            var slow = new ArrayList<>(List.of("backup:restore", "main", "latest", data.toString()));
            slow.addAll(List.of("--remote-ssh-command", "ssh_command", "--bwlimit", "8192", "--target-immediate"));
            slow.addAll(List.of("--target-action", "promote"));

            Process once = container.begin(slow.toArray(String[]::new));
            awaitCopying(container);
            ssh.cutConnections();
            assertThat(once.waitFor()).isEqualTo(1);
            assertThat(container.log()).contains("MATR-7008");
            assertThat(data).isEmptyDirectory();

            slow.addAll(List.of("--retry-times", "5", "--retry-sleep", "1"));
            Process again = container.begin(slow.toArray(String[]::new));
            awaitCopying(container);
            ssh.cutConnections();
            await("second try").atMost(PATIENCE).until(() -> container.log().contains("retry 1 of 5"));
            assertThat(again.waitFor()).isZero();
            assertThat(Restored.query(MAJOR, data, "SELECT count(*) FROM fact")).isEqualTo("20000");
        }
    }

    @Test
    void cleansUpOrMarksWhatItLeaves() throws IOException, InterruptedException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server);
            container.backUp("main");
            Path data = directory.resolve("data");
            String[] slow = {
                "backup:restore",
                "main",
                "latest",
                data.toString(),
                "--remote-ssh-command",
                ssh.command(),
                "--bwlimit",
                "8192"
            };

            Process cancelled = container.begin(slow);
            awaitCopying(container);
            container.ok("job:cancel", lastJob(container));
            assertThat(cancelled.waitFor()).isNotZero();
            assertThat(data).isEmptyDirectory();

            Process deserted = container.begin(slow);
            awaitCopying(container);
            ssh.stop();
            assertThat(deserted.waitFor()).isEqualTo(1);
            ssh.run();
            assertThat(data.resolve("matriarch_restore_incomplete")).exists();
            assertDoesNotStart(data);
            Container.Result refused = restoring(container, data);
            refused(refused, 1, "MATR-5001", "it holds a restore that was interrupted");
            assertThat(refused.error()).contains("HINT: repeat the command with '--delta'");

            restore(container, data, "--delta", "--target-immediate", "--target-action", "promote");
            assertThat(Restored.query(MAJOR, data, "SELECT count(*) FROM fact")).isEqualTo("20000");
        }
    }

    @Test
    void saysWhatKeepsItFromTheHost() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            container.care("main", server);
            container.backUp("main");
            Path data = directory.resolve("data");
            ssh.makeKey("other");
            Files.writeString(
                    directory.resolve("ssh/changed"),
                    "[127.0.0.1]:%d %s".formatted(ssh.port(), Files.readString(directory.resolve("ssh/other.pub"))));

            refused(
                    through(container, ssh.command("key", "changed"), data),
                    1,
                    "MATR-7009",
                    "is not the one that is known");
            refused(
                    through(container, ssh.command("other", "known_hosts"), data),
                    1,
                    "MATR-7009",
                    "does not let us in");
            refused(through(container, "ssh_command", data), 2, "MATR-1001", "server 'main' has no ssh_command");
            refused(through(container, ssh.command(), Path.of("/proc/data")), 1, "MATR-", "/proc");
            ssh.stop();
            refused(through(container, ssh.command(), data), 1, "MATR-7008", "Connection refused");
            assertThat(data).doesNotExist();
        }
    }

    @Test
    void saysThatTheOtherSideIsFull() throws IOException {
        Path small = Files.createDirectory(directory.resolve("small"));
        try (SmallFileSystem fileSystem = SmallFileSystem.at(small, 100);
                SshServer inside = SshServer.start(directory.resolve("inside"), fileSystem.forSftp());
                EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server);
            container.backUp("main");
            Path data = small.resolve("data");

            Process slow = container.begin(
                    "backup:restore",
                    "main",
                    "latest",
                    data.toString(),
                    "--remote-ssh-command",
                    inside.command(),
                    "--bwlimit",
                    "8192");
            awaitCopying(container);
            fileSystem.fill();
            slow.onExit().join();

            assertThat(slow.exitValue()).isEqualTo(1);
            assertThat(container.log()).contains("MATR-7010", "no space is left");
            assertThat(fileSystem.list(data)).isEmpty();
            for (String option : List.of("--dry-run", "--no-progress")) {
                refused(
                        container.run(
                                "backup:restore",
                                "main",
                                "latest",
                                data.toString(),
                                "--remote-ssh-command",
                                inside.command(),
                                option),
                        1,
                        "MATR-5001",
                        "bytes are needed and");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bringsAnOlderCopyUpToDate(boolean remote) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            tablespace(server);
            fill(server);
            server.execute("CREATE TABLE lively TABLESPACE side AS SELECT n FROM generate_series(1, 1000) n");
            server.execute("CREATE TABLE doomed TABLESPACE side AS SELECT 1 AS n");
            String fact = server.query("SELECT pg_relation_filepath('fact')");
            container.care("main", server);
            container.backUp("main");
            Path data = directory.resolve("data");
            Path side = directory.resolve("side");
            var options = new ArrayList<>(List.of("--target-immediate", "--target-action", "promote"));
            options.addAll(List.of("--tablespace", "side:" + side));
            if (remote) {
                options.addAll(List.of("--remote-ssh-command", ssh.command()));
            }
            runRestore(container, data, options);
            Path doomed = data.resolve(server.query("SELECT pg_relation_filepath('doomed')"));
            assertThat(doomed).exists();
            Object inode = Files.getAttribute(data.resolve(fact), "unix:ino");
            Object modified = Files.getLastModifiedTime(data.resolve(fact));
            server.execute("UPDATE lively SET n = n + 1");
            server.execute("DROP TABLE doomed");
            server.execute("CHECKPOINT");
            container.backUp("main");
            options.add("--delta");
            try (EmbeddedPostgres running = Restored.start(MAJOR, data)) {
                running.execute("CREATE TABLE stray AS SELECT 1");
                Container.Result result = container.run(arguments(data, options));
                refused(result, 1, "MATR-5001", remote ? "PostgreSQL may be running there" : "PostgreSQL runs there");
                running.stop();
            }
            Files.createSymbolicLink(data.resolve("pg_tblspc/99999"), directory);
            Files.writeString(data.resolve("base/stray"), "stray");

            String out = runRestore(container, data, options).out();

            assertThat(out).containsPattern("; \\d+\\.\\d of \\d+\\.\\d MiB were there already");
            assertThat(Files.getAttribute(data.resolve(fact), "unix:ino")).isEqualTo(inode);
            assertThat(Files.getLastModifiedTime(data.resolve(fact))).isEqualTo(modified);
            assertThat(data.resolve("pg_tblspc/99999")).doesNotExist();
            assertThat(data.resolve("base/stray")).doesNotExist();
            assertThat(doomed).doesNotExist();
            try (EmbeddedPostgres again = Restored.start(MAJOR, data)) {
                assertThat(again.query("SELECT count(*) FROM fact")).isEqualTo("20000");
                assertThat(again.query("SELECT max(n) FROM lively")).isEqualTo("1001");
                assertThat(again.query("SELECT to_regclass('stray') IS NULL AND to_regclass('doomed') IS NULL"))
                        .isEqualTo("t");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void startsFromNothingThatAKilledContainerLeft(boolean remote) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server);
            container.backUp("main");
            Path data = directory.resolve("data");
            var options = new ArrayList<>(List.of("--target-immediate", "--target-action", "promote"));
            if (remote) {
                options.addAll(List.of("--remote-ssh-command", ssh.command()));
            }
            runRestore(container, data, options);
            server.execute("UPDATE fact SET n = n + 1");
            container.backUp("main");
            options.add("--delta");
            var slow = new ArrayList<>(options);
            slow.addAll(List.of("--bwlimit", "4096"));
            container.begin(arguments(data, slow));
            awaitCopying(container);

            container.kill9();
            container.startAgain();

            assertThat(data.resolve("global/pg_control")).doesNotExist();
            assertDoesNotStart(data);
            runRestore(container, data, options);
            assertThat(Restored.query(MAJOR, data, "SELECT max(n) FROM fact")).isEqualTo("20001");
        }
    }

    private static void fill(EmbeddedPostgres server) {
        server.execute("CREATE TABLE fact AS SELECT n, repeat('x', 500) FROM generate_series(1, 20000) n");
    }

    private static void tablespace(EmbeddedPostgres server) throws IOException {
        Path location = Files.createDirectory(server.scratchDirectory().resolve("original"));
        ServerUser.own(location);
        server.execute("CREATE TABLESPACE side LOCATION '%s'".formatted(location));
    }

    private Container.Result restore(Container container, Path data, String... options) {
        var all = new ArrayList<>(List.of("--remote-ssh-command", ssh.command()));
        all.addAll(List.of(options));
        return runRestore(container, data, all);
    }

    private static Container.Result runRestore(Container container, Path data, List<String> options) {
        return container.ok(arguments(data, options));
    }

    private static String[] arguments(Path data, List<String> options) {
        var arguments = new ArrayList<>(List.of("backup:restore", "main", "latest", data.toString()));
        arguments.addAll(options);
        return arguments.toArray(String[]::new);
    }

    private Container.Result restoring(Container container, Path data) {
        return through(container, ssh.command(), data);
    }

    private static Container.Result through(Container container, String command, Path data) {
        return container.run("backup:restore", "main", "latest", data.toString(), "--remote-ssh-command", command);
    }

    private static void refused(Container.Result result, int exitCode, String code, String words) {
        assertThat(result.error()).startsWith(code).contains(words).contains("HINT: ");
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.out()).isEmpty();
    }

    private static void assertDoesNotStart(Path data) {
        assertThatThrownBy(() -> EmbeddedPostgres.fromDirectory(MAJOR, data).start())
                .hasMessageContaining("did not start");
    }

    private static void awaitCopying(Container container) {
        await("files on their way")
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .until(() -> COPYING.matcher(
                                container.run("job:list", "--format", "json").out())
                        .find());
    }

    private static String lastJob(Container container) {
        String jobs = container.ok("job:list", "--format", "json").out();
        return jobs.lines()
                .filter(line -> line.contains("\"id\""))
                .map(line -> line.replaceAll("\\D", ""))
                .reduce((a, b) -> Long.parseLong(a) > Long.parseLong(b) ? a : b)
                .orElseThrow();
    }

    private static String[] append(String[] words, String word) {
        var all = new ArrayList<>(List.of(words));
        all.add(word);
        return all.toArray(String[]::new);
    }
}
