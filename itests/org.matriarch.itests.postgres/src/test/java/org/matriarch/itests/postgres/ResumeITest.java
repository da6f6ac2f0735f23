package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.ssh.SshServer;

/** Backups that break half-way, and what the next ones take over from them. */
final class ResumeITest {

    private static final int MAJOR = 16;
    private static final int TABLES = 6;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern DONE = Pattern.compile("\"doneBytes\" *: *(\\d+)");
    private static final Pattern TOTAL = Pattern.compile("\"totalBytes\" *: *(\\d+)");
    private static final Pattern RESUMED =
            Pattern.compile("resumed (\\d+) of (\\d+) files, .* from broken backup '(.*)'");

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

    @Test
    void goesOnAfterAKill() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server, method());
            container.begin("backup:create", "main", "--bwlimit", "3000");
            awaitHalf(container);
            container.kill9();
            container.startAgain();
            container.awaitStreaming("main");
            String broken = CopiedFiles.latest(container);
            Set<Object> inodes = inodes(container, broken);

            Container.Result list = container.ok("backup:list", "main");
            Container.Result second = container.ok("backup:create", "main", "--wait");

            assertThat(list.out()).contains(broken, "FAILED").doesNotContain("STARTED");
            assertThat(list.error())
                    .contains("HINT: backup %s of server main broke off; the next backup:create takes over"
                            .formatted(broken));
            Matcher resumed = RESUMED.matcher(second.out());
            assertThat(resumed.find()).as(second.out()).isTrue();
            // Of the half that had come, the last file may not have been synced, and so not been noted, when it was
            // killed.
            assertThat(Integer.parseInt(resumed.group(1))).isGreaterThanOrEqualTo(TABLES / 2 - 1);
            assertThat(resumed.group(3)).isEqualTo(broken);
            String whole = CopiedFiles.latest(container);
            assertThat(inodes(container, whole)).containsAnyElementsOf(inodes);
            requireGone(container, broken);
            requireGood(container, whole);
        }
    }

    @Test
    void goesOnInTheNextTryWhenTheNetworkIsCut() throws IOException, InterruptedException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server, method(), "basebackup_retry_times = 1", "basebackup_retry_sleep = 1");

            Process running = container.begin("backup:create", "main", "--wait", "--bwlimit", "3000");
            awaitHalf(container);
            String broken = CopiedFiles.latest(container);
            ssh.cutConnections();

            assertThat(running.waitFor()).isZero();
            assertThat(container.log()).containsPattern("resumed \\d+ of \\d+ files, .* from broken backup '" + broken);
            assertThat(container.ok("backup:list", "main", "--minimal").out().lines())
                    .hasSize(1)
                    .doesNotContain(broken);
            requireGone(container, broken);
            requireGood(container, CopiedFiles.latest(container));
        }
    }

    @Test
    void copiesAnewWhatIsDamagedAndForgetsWhatIsDeleted() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start();
                Container container = Container.start()) {
            fill(server);
            container.care("main", server, method());
            String broken = breakOff(container);
            Path damaged = flipOneByte(server, container, broken);

            Container.Result second = container.ok("backup:create", "main", "--wait");

            String whole = CopiedFiles.latest(container);
            assertThat(second.out()).containsPattern(RESUMED);
            assertThat(container.log()).contains(damaged.getFileName() + "' in store 'default' is damaged");
            requireGood(container, whole);

            String deleted = breakOff(container);
            container.ok("backup:delete", "main", deleted);
            requireGone(container, deleted);
            assertThat(container.ok("backup:create", "main", "--wait").out()).doesNotContain("resumed");
            String refused = breakOff(container);
            assertThat(container
                            .ok("backup:create", "main", "--wait", "--no-resume")
                            .out())
                    .doesNotContain("resumed");
            assertThat(container.ok("backup:list", "main", "--minimal").out()).contains(refused);
        }
    }

    /** Takes a backup whose connections are cut half-way, and returns its id. */
    private String breakOff(Container container) {
        container.begin("backup:create", "main", "--bwlimit", "6000");
        awaitHalf(container);
        String broken = CopiedFiles.latest(container);
        ssh.cutConnections();
        await("the end of the backup")
                .atMost(PATIENCE)
                .until(() -> container.run("backup:show", "main", broken).out().contains("FAILED"));
        return broken;
    }

    private static Path flipOneByte(EmbeddedPostgres server, Container container, String backup) throws IOException {
        for (int i = 0; i < TABLES; i++) {
            Path file = CopiedFiles.base(container, backup)
                    .resolve("data")
                    .resolve(server.query("SELECT pg_relation_filepath('fact%d')".formatted(i)));
            if (noted(container, backup).contains(file.getFileName() + "\"")) {
                byte[] content = Files.readAllBytes(file);
                content[content.length / 2] ^= 1;
                Files.write(file, content);
                return file;
            }
        }
        throw new AssertionError("no table was copied by half the time");
    }

    private static String noted(Container container, String backup) throws IOException {
        return Files.readString(container.data().resolve("matriarch/main/unfinished/" + backup + ".files"));
    }

    private static void requireGood(Container container, String backup) {
        container.ok("backup:verify", "main", backup);
        Path restored = container.restore("main", backup, "--target-immediate", "--target-action", "promote");
        try (EmbeddedPostgres again = Restored.start(MAJOR, restored)) {
            for (int i = 0; i < TABLES; i++) {
                assertThat(again.query("SELECT sum(n) FROM fact" + i)).isEqualTo("50005000");
            }
        }
    }

    private static void requireGone(Container container, String backup) throws IOException {
        assertThat(CopiedFiles.base(container, backup)).doesNotExist();
        assertThat(container.data().resolve("matriarch/main/meta/" + backup + "-backup.info"))
                .doesNotExist();
        assertThat(container.data().resolve("matriarch/main/unfinished")).isEmptyDirectory();
    }

    private static void fill(EmbeddedPostgres server) {
        for (int i = 0; i < TABLES; i++) {
            server.execute(
                    "CREATE TABLE fact%d AS SELECT n, repeat('x', 500) FROM generate_series(1, 10000) n".formatted(i));
        }
        server.execute("CHECKPOINT");
        // A file proves that it has not changed only if it is older than the backup's start, by whole seconds.
        String later = server.query("SELECT date_trunc('second', clock_timestamp()) + interval '2 seconds'");
        await().until(() ->
                server.query("SELECT clock_timestamp() > '%s'".formatted(later)).equals("t"));
    }

    private static void awaitHalf(Container container) {
        await("half of the files")
                .pollInterval(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> {
                    String jobs = container.run("job:list", "--format", "json").out();
                    return jobs.contains("copying files") && number(DONE, jobs) > number(TOTAL, jobs) / 2;
                });
    }

    private static long number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    private String method() {
        return "backup_method = ssh\nssh_command = " + ssh.command();
    }

    private static Set<Object> inodes(Container container, String backup) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(CopiedFiles.base(container, backup))) {
            files = tree.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        var inodes = new HashSet<>();
        for (Path file : files) {
            inodes.add(Files.getAttribute(file, "unix:ino"));
        }
        return inodes;
    }
}
