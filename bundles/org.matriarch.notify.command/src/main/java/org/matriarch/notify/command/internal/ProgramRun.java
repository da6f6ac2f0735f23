package org.matriarch.notify.command.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.matriarch.spi.notify.NotifierException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a program, in a session of its own; if it takes too long, it is killed with all that it has started. */
final class ProgramRun {

    private static final Logger LOG = LoggerFactory.getLogger(ProgramRun.class);

    private static final Optional<Path> SETSID = Stream.of("/usr/bin/setsid", "/bin/setsid")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();

    /** How long what a program wrote last may take; a program that it left running may hold its output open for ever. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    /** How much of its output is kept, for the log. */
    private static final int MOST_OUTPUT = 2000;

    private final List<String> program;
    private final Process process;

    /** Guarded by itself. */
    private final StringBuilder output = new StringBuilder();

    private final Thread listener;

    private ProgramRun(List<String> program, Process process) {
        this.program = program;
        this.process = process;
        this.listener = new Thread(this::listen, "matriarch-notify-output-" + process.pid());
        listener.setDaemon(true);
        listener.start();
    }

    /**
     * Runs a program to its end.
     *
     * @param input fits into a pipe
     * @throws NotifierException if it could not be run, failed, or took too long
     */
    static void carryOut(List<String> program, Map<String, String> environment, String input, Duration timeout)
            throws NotifierException, InterruptedException {
        new ProgramRun(program, start(program, environment)).await(input, timeout);
    }

    private static Process start(List<String> program, Map<String, String> environment) throws NotifierException {
        List<String> line = new ArrayList<>();
        SETSID.ifPresent(setsid -> line.add(setsid.toString()));
        line.addAll(program);
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IOException | IllegalArgumentException e) {
            throw new NotifierException(
                    "unable to run '%s': %s".formatted(String.join(" ", program), e.getMessage()), true, e);
        }
    }

    private void await(String input, Duration timeout) throws NotifierException, InterruptedException {
        try {
            tell(input);
            if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new NotifierException(
                        "'%s' took longer than %d s%s".formatted(name(), timeout.toSeconds(), lastWords()),
                        false,
                        null);
            }
            listener.join(LAST_WORDS.toMillis());
            if (process.exitValue() != 0) {
                throw new NotifierException(
                        "'%s' ended with %d%s".formatted(name(), process.exitValue(), lastWords()), true, null);
            }
            LOG.debug("'{}' ended well{}", name(), lastWords());
        } finally {
            if (process.isAlive()) {
                end();
            }
        }
    }

    private void tell(String input) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            LOG.debug(
                    "'{}' did not read its standard input", name(), e); // as it pleases: its environment says the same
        }
    }

    private void listen() {
        byte[] buffer = new byte[1024];
        try (InputStream stdout = process.getInputStream()) {
            for (int read = stdout.read(buffer); read >= 0; read = stdout.read(buffer)) {
                synchronized (output) {
                    output.append(new String(buffer, 0, read, UTF_8));
                    output.delete(0, Math.max(0, output.length() - MOST_OUTPUT));
                }
            }
        } catch (IOException e) {
            LOG.debug("the output of '{}' broke off", name(), e);
        }
    }

    private String lastWords() {
        String text;
        synchronized (output) {
            text = output.toString().strip().replaceAll("\\s+", " ");
        }
        return text.isEmpty() ? "" : ", saying: " + text;
    }

    private String name() {
        return program.get(0);
    }

    /** Kills the program and all that it has started. */
    private void end() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        if (SETSID.isPresent()) {
            killGroup();
        }
    }

    /** Java signals no group. The number stands in no text that a shell would read as a command. */
    private void killGroup() {
        try {
            new ProcessBuilder("sh", "-c", "kill -s KILL -- \"-$1\" 2>/dev/null", "sh", Long.toString(process.pid()))
                    .start()
                    .waitFor(1, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.warn("unable to end the process group {}", process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
