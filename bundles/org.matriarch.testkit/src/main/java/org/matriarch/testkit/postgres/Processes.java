package org.matriarch.testkit.postgres;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Runs programs and ends processes, by their ids only. */
final class Processes {

    private Processes() {}

    /** Runs a program to its end and returns what it wrote; a failure carries the same text. */
    static String run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(new File(System.getProperty("java.io.tmpdir")))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            try (InputStream output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
                int exit = process.waitFor();
                if (exit != 0) {
                    throw new IllegalStateException("%s ended with %d: %s".formatted(command, exit, text));
                }
                return text;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Sends a signal to one process; one that is gone is not missed. */
    static void signal(String name, long pid) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isPresent()) {
            try {
                run(List.of("sh", "-c", "kill -%s %d".formatted(name, pid)));
            } catch (IllegalStateException e) {
                if (handle.get().isAlive()) {
                    throw e;
                }
            }
        }
    }

    /** Ends a process and its descendants at once, without any chance to tidy up, and waits until all are gone. */
    static void kill9(ProcessHandle parent) {
        List<ProcessHandle> children = parent.descendants().toList();
        parent.destroyForcibly();
        for (ProcessHandle child : children) {
            child.destroyForcibly();
        }
        awaitEnd(parent, Duration.ofSeconds(10));
        for (ProcessHandle child : children) {
            awaitEnd(child, Duration.ofSeconds(10));
        }
    }

    /** Waits for the end of a process. */
    static void awaitEnd(ProcessHandle process, Duration timeout) {
        await("end of process " + process.pid())
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(timeout)
                .until(() -> !isRunning(process));
    }

    /** An orphan that nobody has reaped yet still has an entry in /proc, but it does nothing any more. */
    static boolean isRunning(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc/%d/stat".formatted(process.pid())));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", cause);
    }
}
