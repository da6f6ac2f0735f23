package org.matriarch.transport.rsync.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs programs that end when we end: each has a shell beside it that waits for our end of a pipe to close, which the kernel
 * does even if this process is killed, and then ends the program. Thread-safe.
 */
final class Programs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Programs.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * Reads the program's input from the file that $1 names, which nobody finds any more from then on. Ends when all that
     * hold the program's output have ended: rsync is two processes here, and the one that writes the files ends last.
     */
    private static final String WATCHED = """
            exec 3<&0 4<"$1" 5>&1
            rm -f -- "$1"
            shift
            code=$({
                {
                    "$@" <&4 3<&- 4<&- 5>&- 6>&- &
                    program=$!
                    { read -r end; kill "$program"; } <&3 4<&- 5>&- 6>&- >/dev/null 2>&1 &
                    watcher=$!
                    wait "$program"
                    echo "$?" >&6
                    kill "$watcher"
                } | cat >&5 3<&- 4<&- 6>&-
            } 6>&1)
            exit "$code"
            """;

    /** What would change how rsync works, or what it prints. */
    private static final String RSYNC_VARIABLES = "RSYNC_";

    /** Takes the lines of a program's output, each byte a character. */
    interface Lines {
        void take(String line) throws IOException;
    }

    // Guarded by this.
    private final Set<Process> running = new HashSet<>();
    private boolean closed;

    /**
     * Runs a program to its end.
     *
     * @param input names that it reads, each followed by a zero byte
     * @throws IOException what {@code lines} throws, after the program was ended; or if it could not be started
     */
    Ended run(List<String> command, Collection<String> input, Lines lines) throws IOException {
        Path list = Files.createTempFile("matriarch-rsync", ".list");
        try {
            Files.write(list, (String.join("\0", input) + (input.isEmpty() ? "" : "\0")).getBytes(UTF_8));
            Process process = start(command, list);
            try {
                var complaints = new Complaints(process.getErrorStream());
                read(process.getInputStream(), lines);
                int code = process.onExit().join().exitValue();
                return new Ended(code, complaints.await());
            } finally {
                end(process);
            }
        } finally {
            Files.deleteIfExists(list);
        }
    }

    private synchronized Process start(List<String> command, Path list) throws IOException {
        requireOpen();
        var words = new ArrayList<>(List.of("/bin/sh", "-c", WATCHED, "sh", list.toString()));
        words.addAll(command);
        var builder = new ProcessBuilder(words);
        builder.environment().keySet().removeIf(name -> name.startsWith(RSYNC_VARIABLES));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("TZ", "UTC");
        Process process = builder.start();
        running.add(process);
        return process;
    }

    private static void read(InputStream output, Lines lines) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(output, ISO_8859_1))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.take(line);
            }
        }
    }

    /** Fails once it is closed, for work that is long without a program. */
    synchronized void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the transfer was stopped");
        }
    }

    /** Ends all programs, and lets none begin. Returns when they have ended. */
    @Override
    public void close() {
        Set<Process> left;
        synchronized (this) {
            closed = true;
            left = Set.copyOf(running);
        }
        left.forEach(Programs::letGo);
        left.forEach(this::end);
    }

    private void end(Process process) {
        letGo(process);
        try {
            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
            LOG.warn("a program does not end within {} s and is killed", PATIENCE.toSeconds(), e);
            kill(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill(process);
        }
        synchronized (this) {
            running.remove(process);
        }
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Closes the pipe that keeps a program alive. */
    private static void letGo(Process process) {
        try (OutputStream pipe = process.getOutputStream()) {
            pipe.flush();
        } catch (IOException e) {
            LOG.debug("the pipe of a program is closed already", e);
        }
    }

    /** Reads what a program complains of while somebody else reads its output. */
    private static final class Complaints {

        private static final int KEPT = 20;

        private final CompletableFuture<Void> end = new CompletableFuture<>();
        /** Guarded by this. */
        private final List<String> lines = new ArrayList<>();

        Complaints(InputStream errors) {
            var thread = new Thread(() -> read(errors), Thread.currentThread().getName() + "-errors");
            thread.setDaemon(true);
            thread.start();
        }

        private void read(InputStream errors) {
            try {
                Programs.read(errors, this::add);
            } catch (IOException e) {
                LOG.debug("the errors of a program were not read to their end", e);
            } finally {
                end.complete(null);
            }
        }

        private synchronized void add(String line) {
            if (!line.isBlank()) {
                LOG.debug("{}", line);
                lines.add(line);
            }
            if (lines.size() > 2 * KEPT) {
                lines.remove(KEPT);
            }
        }

        /** Something that the program has started may hold its errors open for ever; nobody waits for that. */
        List<String> await() {
            end.completeOnTimeout(null, PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
            synchronized (this) {
                return List.copyOf(lines);
            }
        }
    }
}
