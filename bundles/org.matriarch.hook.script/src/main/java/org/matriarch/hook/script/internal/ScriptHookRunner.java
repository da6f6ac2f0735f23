package org.matriarch.hook.script.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.matriarch.spi.hook.HookException;
import org.matriarch.spi.hook.HookRunner;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Runs a hook as {@code sh -c}, in a session of its own. What it is told comes in its environment alone: nothing of that
 * ever becomes part of the command.
 */
@Component(property = HookRunner.PROPERTY_ID + "=" + ScriptHookRunner.ID)
public final class ScriptHookRunner implements HookRunner {

    static final String ID = "script";

    /** How long what a script wrote last may take; a program that it left running may hold its output open for ever. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final File NOTHING = new File("/dev/null");

    private final Optional<Path> setsid;

    /** Looks for {@code setsid}, which is not everywhere. */
    @Activate
    public ScriptHookRunner() {
        this(Stream.of("/usr/bin/setsid", "/bin/setsid")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst());
    }

    ScriptHookRunner(Optional<Path> setsid) {
        this.setsid = setsid;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int run(String command, Map<String, String> environment, Consumer<String> output)
            throws HookException, InterruptedException {
        Process process = start(command, environment);
        var listener = new Thread(
                () -> OutputLines.passOn(process.getInputStream(), output), "matriarch-hook-output-" + process.pid());
        listener.setDaemon(true);
        listener.start();
        try {
            int exitCode = process.waitFor();
            listener.join(LAST_WORDS.toMillis());
            return exitCode;
        } catch (InterruptedException e) {
            new Ending(process, setsid.isPresent()).carryOut();
            throw e;
        }
    }

    private Process start(String command, Map<String, String> environment) throws HookException {
        List<String> line = new ArrayList<>();
        setsid.ifPresent(program -> line.add(program.toString()));
        line.addAll(List.of("sh", "-c", command));
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectInput(NOTHING);
        try {
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException | IllegalArgumentException e) {
            throw new HookException("unable to run '%s': %s".formatted(command, e.getMessage()), e);
        }
    }
}
