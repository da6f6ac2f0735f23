package org.matriarch.testkit.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;

/** What a hook runner must do. A plugin extends this and says how its hooks are written. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
@Timeout(60)
public abstract class HookRunnerContract {

    @TempDir
    private Path directory;

    /** Returns the runner under test. */
    protected abstract HookRunner runner();

    /** Returns a hook that writes each line to its output and ends with the exit code. */
    protected abstract String writing(List<String> lines, int exitCode) throws Exception;

    /** Returns a hook that writes the value of an environment variable. */
    protected abstract String writingVariable(String name) throws Exception;

    /** Returns a hook that makes the file {@code started}, runs for two minutes and then makes the file {@code ended}. */
    protected abstract String lasting(Path started, Path ended) throws Exception;

    /** Returns a command that cannot be run at all. */
    protected abstract String impossible() throws Exception;

    @Test
    final void returnsTheExitCode() throws Exception {
        assertThat(run(writing(List.of(), 0))).isZero();
        assertThat(run(writing(List.of(), 7))).isEqualTo(7);
        assertThat(run(writing(List.of(), 63))).isEqualTo(63);
    }

    @Test
    final void passesOnEachLine() throws Exception {
        var lines = new CopyOnWriteArrayList<String>();

        runner().run(writing(List.of("first line", "größe", "third"), 1), Map.of(), lines::add);

        assertThat(lines).containsExactly("first line", "größe", "third");
    }

    @Test
    final void passesOnMoreThanAPipeHolds() throws Exception {
        var lines = new CopyOnWriteArrayList<String>();
        List<String> many = java.util.Collections.nCopies(3_000, "x".repeat(99));

        int exit = runner().run(writing(many, 0), Map.of(), lines::add);

        assertThat(exit).isZero();
        assertThat(lines).hasSize(3_000);
    }

    @Test
    final void addsToTheEnvironment() throws Exception {
        var lines = new CopyOnWriteArrayList<String>();

        runner().run(writingVariable("MATRIARCH_TEST"), Map.of("MATRIARCH_TEST", "two words $HOME"), lines::add);

        assertThat(lines).containsExactly("two words $HOME");
    }

    @Test
    final void saysThatAHookCannotBeRun() throws Exception {
        String command = impossible();

        assertThatThrownBy(() -> run(command)).isInstanceOf(HookException.class).hasMessageContaining(command);
    }

    @Test
    final void interruptEndsTheHook() throws Exception {
        Path started = directory.resolve("started");
        Path ended = directory.resolve("ended");
        String command = lasting(started, ended);
        var outcome = new AtomicReference<Throwable>();
        Thread thread = new Thread(
                () -> {
                    try {
                        run(command);
                    } catch (HookException | InterruptedException e) {
                        outcome.set(e);
                    }
                },
                "hook");
        thread.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(started));
        List<ProcessHandle> children = ProcessHandle.current().descendants().toList();

        thread.interrupt();
        thread.join(Duration.ofSeconds(15).toMillis());

        assertThat(thread.isAlive()).isFalse();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        await().atMost(Duration.ofSeconds(15)).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(ended).doesNotExist();
    }

    private int run(String command) throws HookException, InterruptedException {
        return runner().run(command, Map.of(), line -> {});
    }
}
