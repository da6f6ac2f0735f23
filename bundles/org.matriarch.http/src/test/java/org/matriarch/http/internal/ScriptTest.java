package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.http.internal.command.CommandRequest;
import org.matriarch.http.internal.metrics.Metrics;
import org.matriarch.testkit.network.FreePort;

/** The whole way of a command: the script, curl, the door. */
@Timeout(120)
final class ScriptTest {

    private static final int MEBIBYTE = 1024 * 1024;

    @TempDir
    Path data;

    private final ScriptedRunner runner = new ScriptedRunner();
    private final CountDownLatch started = new CountDownLatch(1);
    private HttpDoor door;

    @BeforeEach
    void openDoor() {
        door = new HttpDoor(runner, new Metrics(), tokenFile(), data.resolve("metrics.token"), Map.of());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void givesOutputErrorsAndExitCode() throws Exception {
        runner.with("backup:list", (request, out, err) -> {
            out.write("result\n".getBytes(UTF_8));
            err.write("MATR-1002: no server 'x'\n".getBytes(UTF_8));
            return 2;
        });

        Script.End end = Script.run(data, "backup:list", "x");

        assertThat(end.code()).isEqualTo(2);
        assertThat(end.text()).isEqualTo("result\n");
        assertThat(end.err()).isEqualTo("MATR-1002: no server 'x'\n");
    }

    @Test
    void goesOnWhileTheDoorMoves() throws Exception {
        var moved = new CountDownLatch(1);
        runner.with("backup:create", (request, out, err) -> {
            moved.await();
            out.write("whole\n".getBytes(UTF_8));
            return 0;
        });
        runner.with("server:list", (request, out, err) -> 0);
        Script script = Script.start(data, "backup:create", "x");
        await().atMost(Duration.ofSeconds(60)).until(() -> door.inside() == 3);

        String port = Integer.toString(FreePort.next());
        door.modify(Map.of("port", port));
        moved.countDown();

        Script.End end = script.end();
        assertThat(end.err()).isEmpty();
        assertThat(end.text()).isEqualTo("whole\n");
        assertThat(end.code()).isZero();
        assertThat(Files.readString(tokenFile())).contains("127.0.0.1:" + port + "\n");
        assertThat(Script.run(data, "server:list").code()).isZero();
    }

    @Test
    void givesManyBytesExactly() throws Exception {
        byte[] block = new byte[MEBIBYTE];
        new Random(1).nextBytes(block);
        runner.with("wal:get", (request, out, err) -> {
            for (int index = 0; index < 64; index++) {
                out.write(block);
            }
            return 0;
        });

        Script.End end = Script.run(data, "wal:get");

        assertThat(end.code()).isZero();
        assertThat(end.out()).hasSize(64 * MEBIBYTE);
        for (int index = 0; index < 64; index++) {
            assertThat(Arrays.equals(end.out(), index * MEBIBYTE, (index + 1) * MEBIBYTE, block, 0, MEBIBYTE))
                    .isTrue();
        }
    }

    @Test
    void evaluatesNothingInTheWords() throws Exception {
        var words = new String[] {
            "backup:show",
            "$(touch hit)",
            "`id`",
            "\"quoted\" 'single'",
            "back\\slash",
            "two  blanks",
            "",
            "line\nbreak\n",
            "größe 象",
            "@file",
            "a=b&c=d+e%20",
            "$HOME",
            "*",
            "--",
            "-x",
            "; exit 3",
            "{ } [ ] ( ) | > <"
        };
        CommandRequest[] seen = new CommandRequest[1];
        runner.with("backup:show", (request, out, err) -> {
            seen[0] = request;
            return 0;
        });

        Script.End end = Script.run(data, words);

        assertThat(end.code()).isZero();
        assertThat(seen[0].words()).containsExactly(words);
        assertThat(seen[0].directory()).isEqualTo(data.toRealPath().resolve("work directory"));
        assertThat(seen[0].outputIsTerminal()).isFalse();
        assertThat(seen[0].errorIsTerminal()).isFalse();
    }

    @Test
    void asksForHelpWithoutWords() throws Exception {
        runner.with("help", (request, out, err) -> 0);

        assertThat(Script.run(data).code()).isZero();
        assertThat(Script.run(data, "--help").code()).isZero();
        assertThat(runner.ended()).containsExactly("help 0", "help 0");
    }

    @Test
    void passesMessagesOnWhileTheCommandRuns() throws Exception {
        var release = new CountDownLatch(1);
        runner.with("job:watch", (request, out, err) -> {
            out.write("first".getBytes(UTF_8));
            out.flush();
            err.write("progress".getBytes(UTF_8));
            release.await();
            return 0;
        });
        Path out = data.resolve("out");
        Path err = data.resolve("err");

        Script script = shell("'%s' job:watch > '%s' 2> '%s'".formatted(Script.FILE.toAbsolutePath(), out, err));

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(out).hasContent("first");
            assertThat(err).hasContent("progress");
        });
        release.countDown();
        assertThat(script.end().code()).isZero();
    }

    @Test
    void cancelsTheCommandOnCtrlC() throws Exception {
        runner.with("backup:create", this::runUntilInterrupted);
        Script script = Script.start(data, "backup:create", "main");
        started.await();

        script.signal("INT");

        Script.End end = script.end();
        assertThat(end.code()).isEqualTo(130);
        assertThat(end.err()).isEqualTo("cancelled\n");
        assertThat(runner.ended()).containsExactly("backup:create 130");
    }

    @Test
    void cancelsTheCommandOnTermination() throws Exception {
        runner.with("backup:create", this::runUntilInterrupted);
        Script script = Script.start(data, "backup:create", "main");
        started.await();

        script.signal("TERM");

        assertThat(script.end().code()).isEqualTo(143);
        assertThat(runner.ended()).containsExactly("backup:create 130");
    }

    @Test
    void cancelsTheCommandOfAKilledCaller() throws Exception {
        runner.with("backup:create", this::runUntilInterrupted);
        Script script = Script.start(data, "backup:create", "main");
        started.await();

        script.signal("KILL");

        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(runner.ended()).containsExactly("backup:create 130"));
    }

    @Test
    void stopsWritingForAReaderThatHasGone() throws Exception {
        byte[] block = new byte[MEBIBYTE];
        runner.with("wal:get", (request, out, err) -> {
            while (true) {
                out.write(block);
            }
        });

        Script.End end = shell("'%s' wal:get | head -c 10".formatted(Script.FILE.toAbsolutePath()))
                .end();

        assertThat(end.out()).hasSize(10);
        assertThat(end.err()).isEmpty();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(runner.ended()).hasSize(1));
    }

    @Test
    void tellsThatOutputIsNotWholeWhenTheContainerGoes() throws Exception {
        byte[] block = new byte[MEBIBYTE];
        runner.with("wal:get", (request, out, err) -> {
            out.write(block);
            out.flush();
            started.countDown();
            new CountDownLatch(1).await();
            return 0;
        });
        Script script = Script.start(data, "wal:get");
        started.await();

        door.close();

        Script.End end = script.end();
        assertThat(end.code()).isNotZero();
        assertThat(end.out().length).isLessThanOrEqualTo(MEBIBYTE);
    }

    @Test
    void saysHowToStartAContainerThatIsNotRunning() throws Exception {
        door.close();

        Script.End end = Script.run(data, "server:list");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.out()).isEmpty();
        assertThat(end.err())
                .startsWith("MATR-9002: no container is running here")
                .contains("\nHINT: start it with ")
                .contains("/start");
    }

    @Test
    void saysThatAContainerIsStarting() throws Exception {
        door.close();
        Process container = new ProcessBuilder("sh", "-c", "read line; : karaf").start();
        try {
            Files.writeString(data.resolve("karaf.pid"), String.valueOf(container.pid()));

            Script.End end = Script.run(data, "server:list");

            assertThat(end.code()).isEqualTo(1);
            assertThat(end.err()).isEqualTo("""
                            MATR-9002: the container is still starting, or is stopping, as process %d
                            HINT: try again in a moment; if that does not help, look at its log.
                            """.formatted(container.pid()));
        } finally {
            container.destroy();
        }
        container.waitFor();
        assertThat(Script.run(data, "server:list").err()).startsWith("MATR-9002: no container is running here");
    }

    @Test
    void sendsErrorsInTheirPlaceToOneTerminal() throws Exception {
        runner.with("job:watch", (request, out, err) -> {
            for (int index = 0; index < 100; index++) {
                err.write("e".getBytes(UTF_8));
                err.flush();
                out.write("o".getBytes(UTF_8));
                out.flush();
            }
            return request.sameTerminal() ? 0 : 9;
        });
        String line = "'%s' job:watch".formatted(Script.FILE.toAbsolutePath());

        Script.End end =
                Script.of(data, List.of("script", "-qec", line, "/dev/null")).end();

        assertThat(end.text()).isEqualTo("eo".repeat(100));
        assertThat(end.code()).isZero();
    }

    @Test
    void saysHowToStartAContainerThatWasKilled() throws Exception {
        String content = Files.readString(tokenFile());
        door.close();
        Files.writeString(tokenFile(), content);

        Script.End end = Script.run(data, "server:list");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err())
                .startsWith("MATR-9002: no container is running here")
                .contains("\nHINT: start it with ");
    }

    @Test
    void isRefusedWithAnotherToken() throws Exception {
        String content = Files.readString(tokenFile());
        Files.writeString(tokenFile(), content.replaceAll("token=.*", "token=guess"));

        Script.End end = Script.run(data, "server:list");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).startsWith("MATR-9002: the container refused the call");
        assertThat(runner.ended()).isEmpty();
    }

    @Test
    void keepsTheTokenToItself() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokenFile())))
                .isEqualTo("rw-------");
        String token = Files.readAllLines(tokenFile()).get(1).substring("token=".length());
        assertThat(token).hasSize(64);
        runner.with("job:watch", this::runUntilInterrupted);
        Script script = Script.start(data, "job:watch");
        started.await();

        List<String> lines = ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .toList();

        assertThat(lines).anyMatch(line -> line.contains("curl")).noneMatch(line -> line.contains(token));
        script.signal("INT");
        script.end();
    }

    @Test
    void runsManyCommandsAtOnce() throws Exception {
        runner.with("server:list", (request, out, err) -> {
            out.write(request.words().get(1).getBytes(UTF_8));
            return 7;
        });
        var scripts = new Script[8];

        for (int index = 0; index < scripts.length; index++) {
            scripts[index] = Script.start(data, "server:list", "number " + index);
        }

        for (int index = 0; index < scripts.length; index++) {
            Script.End end = scripts[index].end();
            assertThat(end.text()).isEqualTo("number " + index);
            assertThat(end.code()).isEqualTo(7);
        }
    }

    private int runUntilInterrupted(CommandRequest request, OutputStream out, OutputStream err) throws IOException {
        started.countDown();
        try {
            new CountDownLatch(1).await(60, TimeUnit.SECONDS);
            return 0;
        } catch (InterruptedException e) {
            err.write("cancelled\n".getBytes(UTF_8));
            return 130;
        }
    }

    private Script shell(String line) throws Exception {
        return Script.of(data, List.of("sh", "-c", line));
    }

    private Path tokenFile() {
        return data.resolve("data/matriarch.token");
    }
}
