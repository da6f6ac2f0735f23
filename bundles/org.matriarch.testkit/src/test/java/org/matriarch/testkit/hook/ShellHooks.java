package org.matriarch.testkit.hook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;

/** Runs programs by their path. A test replaces one of its methods to break it. */
class ShellHooks implements HookRunner {

    @Override
    public String id() {
        return "program";
    }

    @Override
    public int run(String command, Map<String, String> environment, Consumer<String> output)
            throws HookException, InterruptedException {
        Process process = start(command, environment);
        var reader = new Thread(() -> passOn(process, output), "matriarch-hook-output");
        reader.setDaemon(true);
        reader.start();
        try {
            int exitCode = process.waitFor();
            reader.join();
            return exitCode;
        } finally {
            // Listed before, for an orphan is no descendant; ended after, for a shell goes on when its child has ended.
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static Process start(String command, Map<String, String> environment) throws HookException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new HookException("unable to run '%s': %s".formatted(command, e.getMessage()), e);
        }
    }

    private static void passOn(Process process, Consumer<String> output) {
        try (BufferedReader lines = process.inputReader(UTF_8)) {
            lines.lines().forEach(output);
        } catch (IOException | UncheckedIOException e) {
            output.accept("the output broke off: " + e.getMessage());
        }
    }
}
