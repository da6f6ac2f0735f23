package org.matriarch.testkit.hook;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.hook.HookRunner;

/** Proves that the contract can be kept. */
@SuppressWarnings("NullAway.Init") // JUnit sets the directory before each test
final class ShellHooksTest extends HookRunnerContract {

    @TempDir
    private Path programs;

    @Override
    protected HookRunner runner() {
        return new ShellHooks();
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
}
