package org.matriarch.testkit.hook;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;

/** Proves that the contract notices what breaks it. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
final class BrokenHookRunnersTest {

    @TempDir
    private Path programs;

    @Test
    void noticesAnExitCodeThatIsLost() {
        HookRunnerContract contract = contractOf(new ShellHooks() {
            @Override
            public int run(String command, Map<String, String> environment, Consumer<String> output)
                    throws HookException, InterruptedException {
                return Math.min(1, super.run(command, environment, output));
            }
        });

        assertNotices(contract::returnsTheExitCode);
    }

    @Test
    void noticesLinesThatAreLost() {
        HookRunnerContract contract = contractOf(new ShellHooks() {
            @Override
            public int run(String command, Map<String, String> environment, Consumer<String> output)
                    throws HookException, InterruptedException {
                return super.run(command, environment, line -> {});
            }
        });

        assertNotices(contract::passesOnEachLine);
        assertNotices(contract::passesOnMoreThanAPipeHolds);
    }

    @Test
    void noticesAnEnvironmentThatIsLost() {
        HookRunnerContract contract = contractOf(new ShellHooks() {
            @Override
            public int run(String command, Map<String, String> environment, Consumer<String> output)
                    throws HookException, InterruptedException {
                return super.run(command, Map.of(), output);
            }
        });

        assertNotices(contract::addsToTheEnvironment);
    }

    @Test
    void noticesAFailureThatPassesForAnExitCode() {
        HookRunnerContract contract = contractOf(new ShellHooks() {
            @Override
            public int run(String command, Map<String, String> environment, Consumer<String> output)
                    throws InterruptedException {
                try {
                    return super.run(command, environment, output);
                } catch (HookException e) {
                    return 127;
                }
            }
        });

        assertNotices(contract::saysThatAHookCannotBeRun);
    }

    private static void assertNotices(ThrowingCallable test) {
        assertThatThrownBy(test).isInstanceOf(AssertionError.class);
    }

    private HookRunnerContract contractOf(HookRunner broken) {
        return new HookRunnerContract() {
            @Override
            protected HookRunner runner() {
                return broken;
            }

            @Override
            protected String writing(List<String> lines, int exitCode) throws IOException {
                return new Programs(programs).writing(lines, exitCode);
            }

            @Override
            protected String writingVariable(String name) throws IOException {
                return new Programs(programs).writingVariable(name);
            }

            @Override
            protected String lasting(Path started, Path ended) throws IOException {
                return new Programs(programs).lasting(started, ended);
            }

            @Override
            protected String impossible() {
                return new Programs(programs).impossible();
            }
        };
    }
}
