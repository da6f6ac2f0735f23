package org.matriarch.hook.script.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.hook.HookException;

/** Scripts as they are in life. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
@Timeout(60)
final class UnrulyScriptTest {

    private static final String NASTY = "a b  \"c\" 'd' $(touch bad) `touch bad` $HOME \\ ; touch bad\n& | größe *";

    @TempDir
    private Path directory;

    private final ScriptHookRunner runner = new ScriptHookRunner();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void passesEveryValueAsItIs() throws Exception {
        Path copy = directory.resolve("copy $(of) \"it\"");

        int exit = runner.run(
                "cd '%s'; printf %%s \"$BARMAN_FILE\" > \"$COPY\"".formatted(directory),
                Map.of("BARMAN_FILE", NASTY, "COPY", copy.toString()),
                lines::add);

        assertThat(exit).isZero();
        assertThat(copy).hasContent(NASTY);
        assertThat(directory.resolve("bad")).doesNotExist();
    }

    @Test
    void keepsTheEnvironmentOfTheContainer() throws Exception {
        runner.run("echo \"$PATH\"", Map.of("BARMAN_HOOK", "x"), lines::add);

        assertThat(lines).containsExactly(System.getenv("PATH"));
    }

    @Test
    void refusesAValueThatNoEnvironmentHolds() {
        assertThatThrownBy(() -> runner.run("true", Map.of("A", "b\0c"), lines::add))
                .isInstanceOf(HookException.class)
                .hasMessageStartingWith("unable to run 'true': ");
    }

    @Test
    void takesBothOutputsAndGivesNoInput() throws Exception {
        int exit = runner.run("read line; echo out; echo err >&2; exit 4", Map.of(), lines::add);

        assertThat(exit).isEqualTo(4);
        assertThat(lines).containsExactly("out", "err");
    }

    @Test
    void isNotKeptByAProgramThatAScriptLeavesRunning() throws Exception {
        int exit = runner.run("sleep 50 & echo $!; exit 3", Map.of(), lines::add);

        assertThat(exit).isEqualTo(3);
        ProcessHandle left = ProcessHandle.of(Long.parseLong(lines.get(0))).orElseThrow();
        assertThat(left.isAlive()).isTrue();
        left.destroyForcibly();
    }

    @Test
    void endsEvenWhatHasLostItsParentAndHearsNoWarning() throws Exception {
        Path started = directory.resolve("started");
        String command =
                "(trap '' TERM; (trap '' TERM; echo $$ > '%s.tmp'; sh -c 'echo $$; mv \"$0.tmp\" \"$0\"; sleep 70' '%s') &) & wait; sleep 71"
                        .formatted(started, started);
        var thread = new Thread(
                () -> {
                    try {
                        runner.run(command, Map.of(), lines::add);
                    } catch (HookException | InterruptedException e) {
                        lines.add("ended");
                    }
                },
                "hook");
        thread.start();
        await().until(() -> Files.exists(started) && !lines.isEmpty());
        ProcessHandle orphan = ProcessHandle.of(Long.parseLong(lines.get(0))).orElseThrow();

        thread.interrupt();
        thread.join(Duration.ofSeconds(20).toMillis());

        assertThat(lines).contains("ended");
        await().until(() -> !orphan.isAlive());
    }

    @Test
    void letsAScriptClearAwayWhatItHasHalfDone() throws Exception {
        Path started = directory.resolve("started");
        Path cleared = directory.resolve("cleared");
        String command = "trap 'touch \"%s\"; exit 1' TERM; touch '%s'; sleep 60 & wait".formatted(cleared, started);
        var thread = new Thread(
                () -> {
                    try {
                        runner.run(command, Map.of(), lines::add);
                    } catch (HookException | InterruptedException e) {
                        lines.add("ended");
                    }
                },
                "hook");
        thread.start();
        await().until(() -> Files.exists(started));

        thread.interrupt();
        thread.join(Duration.ofSeconds(20).toMillis());

        assertThat(cleared).exists();
    }

    @Test
    void cutsALineThatHasNoEnd() {
        var cut = new ArrayList<String>();

        OutputLines.passOn(
                new ByteArrayInputStream("x".repeat(OutputLines.LONGEST + 1).getBytes(UTF_8)), cut::add);
        OutputLines.passOn(new ByteArrayInputStream("one\r\n\ntwo".getBytes(UTF_8)), cut::add);

        assertThat(cut).containsExactly("x".repeat(OutputLines.LONGEST), "x", "one", "", "two");
    }

    @Test
    void saysThatTheOutputBrokeOff() {
        OutputLines.passOn(
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("gone");
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        return read();
                    }
                },
                lines::add);

        assertThat(lines).containsExactly("(the output broke off: gone)");
    }
}
