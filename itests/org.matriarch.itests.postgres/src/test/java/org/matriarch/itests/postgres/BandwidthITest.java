package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/**
 * Copies that are told to be slow. Looked at is only that they take as long as the limit makes them, which no speed of the
 * machine can change.
 */
final class BandwidthITest {

    private static final int MAJOR = 16;
    private static final long KIB = 1024;
    private static final int NARROW = 512;
    /** Of the time that a limit asks for; programs that copy let a little pass before they measure. */
    private static final double SURELY = 0.75;

    @TempDir
    private static Path directory;

    private static SshServer ssh;
    private static EmbeddedPostgres server;
    private static Container container;

    @BeforeAll
    static void start() throws IOException {
        ssh = SshServer.start(directory.resolve("ssh"));
        server = EmbeddedPostgres.builder(MAJOR).start();
        container = Container.start();
        tablespace("narrow");
        tablespace("wide");
    }

    @AfterAll
    static void stop() {
        container.close();
        server.close();
        ssh.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "ssh", "rsync"})
    void limitABackup(String method) {
        int limit = 8192;
        container.care(method, server, method(method), "bandwidth_limit = 32", "parallel_jobs = 2");

        container.ok("backup:create", method, "--wait", "--bwlimit", "" + limit); // wins over what is configured

        assertThat(secondsOfBackup(method)).isGreaterThan(SURELY * numberOf(method, "sizeBytes") / (limit * KIB));
    }

    @Test
    void limitARestore() {
        int limit = 8192;
        container.care("main", server);
        container.backUp("main");
        Instant begin = Instant.now();

        container.restore(
                "main",
                "latest",
                "--bwlimit=" + limit,
                "--jobs=2",
                "--tablespace=narrow:" + container.newDirectory("narrow"),
                "--tablespace=wide:" + container.newDirectory("wide"));

        assertThat(Duration.between(begin, Instant.now()).toMillis() / 1000.0)
                .isGreaterThan(SURELY * numberOf("main", "sizeBytes") / (limit * KIB));
    }

    @ParameterizedTest
    @CsvSource({
        "ssh, 'narrow:512, wide:8192'",
        "ssh, 'wide:8192, narrow:512'",
        "rsync, 'narrow:512, wide:8192'",
        "rsync, 'wide:8192, narrow:512'"
    })
    void limitEachTablespaceOfTheList(String method, String limits) {
        String name = method + "_" + limits.substring(0, 4);
        container.care(name, server, method(method), "tablespace_bandwidth_limit = " + limits);

        container.ok("backup:create", name, "--wait");

        assertThat(secondsOfBackup(name))
                .isGreaterThan(
                        SURELY * Long.parseLong(server.query("SELECT pg_relation_size('in_narrow')")) / (NARROW * KIB));
    }

    private static void tablespace(String name) throws IOException {
        Path location = Files.createDirectory(server.scratchDirectory().resolve(name));
        ServerUser.own(location);
        server.execute("CREATE TABLESPACE %s LOCATION '%s'".formatted(name, location));
        server.execute(
                "CREATE TABLE in_%1$s TABLESPACE %1$s AS SELECT n, repeat('x', 100) FROM generate_series(1, 15000) n"
                        .formatted(name));
    }

    private static double secondsOfBackup(String name) {
        String shown = shown(name);
        return Duration.between(Instant.parse(textOf(shown, "beginTime")), Instant.parse(textOf(shown, "endTime")))
                        .toMillis()
                / 1000.0;
    }

    private static double numberOf(String name, String field) {
        return Double.parseDouble(textOf(shown(name), field));
    }

    private static String shown(String name) {
        return container.ok("backup:show", name, "latest", "--format", "json").out();
    }

    private static String textOf(String json, String field) {
        Matcher value =
                Pattern.compile("\"%s\" *: *\"?([^\",}]+)".formatted(field)).matcher(json);
        assertThat(value.find()).as(field).isTrue();
        return value.group(1).strip();
    }

    private static String method(String name) {
        return "backup_method = %s\nssh_command = %s".formatted(name, ssh.command());
    }
}
