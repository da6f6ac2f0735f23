package org.matriarch.compression.command.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running program, with somebody who watches that it does not keep its caller waiting.
 *
 * <p>What passes through the program's pipes cannot be interrupted. So the watcher kills the program if its caller has
 * waited for longer than the timeout, or was interrupted: then the pipes break, and the caller goes on.
 */
final class Program {

    private static final int SAID_BYTES = 4096;
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final List<String> command;
    private final Duration timeout;
    private final Process process;
    private final InputStream output;
    private final Thread listener;
    private volatile String said = "";
    private volatile @Nullable Thread waiting;
    private volatile boolean busyElsewhere;
    private volatile long lastMove;
    private volatile @Nullable String killedBecause;

    /** Starts the program. */
    Program(List<String> command, Duration timeout) throws IOException {
        this.command = command;
        this.timeout = timeout;
        var builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C"); // what it says goes into our messages
        this.process = builder.start();
        this.output = new Output(process.getInputStream());
        this.lastMove = System.nanoTime();
        this.listener = startThread("stderr", this::listen);
        startThread("watch", this::watch);
    }

    OutputStream input() {
        return process.getOutputStream();
    }

    InputStream output() {
        return output;
    }

    /** Starts a thread that helps this program; it does not keep the container from ending. */
    Thread startThread(String role, Runnable work) {
        var thread = new Thread(work, "matriarch-filter-%s-%d".formatted(role, process.pid()));
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Says that the calling thread waits for the program from now on. */
    void beginWait() {
        lastMove = System.nanoTime();
        waiting = Thread.currentThread();
    }

    void endWait() {
        waiting = null;
    }

    /** Says whether a stream that is not the program's is waited for: such time is not the program's fault. */
    void setBusyElsewhere(boolean busy) {
        lastMove = System.nanoTime();
        busyElsewhere = busy;
    }

    /** Waits for a thread of {@link #startThread} and the end of the program, as long as the watcher lets it live. */
    void awaitEnd(Thread helper) throws IOException {
        beginWait();
        try {
            process.waitFor();
            lastMove = System.nanoTime();
            while (helper.isAlive() && !isOverdue()) {
                helper.join(LOOK.toMillis());
            }
            listener.join(LAST_WORDS.toMillis());
        } catch (InterruptedException e) {
            kill("it was interrupted");
            Thread.currentThread().interrupt();
            throw interrupted();
        } finally {
            endWait();
        }
        if (helper.isAlive()) {
            throw new IOException("%s has ended, but left its output open".formatted(name()));
        }
    }

    /** Throws unless the program, which has ended, has done so with exit code 0. */
    void requireSuccess() throws IOException {
        String reason = killedBecause;
        if (reason != null && Thread.currentThread().isInterrupted()) {
            throw interrupted();
        }
        if (reason != null) {
            throw new IOException("%s was killed: %s%s".formatted(name(), reason, lastWords()));
        }
        if (process.exitValue() != 0) {
            throw new IOException("%s ended with exit code %d%s".formatted(name(), process.exitValue(), lastWords()));
        }
    }

    String name() {
        return "'%s'".formatted(String.join(" ", command));
    }

    /** Ends the program and what it has started; does nothing if it has ended. */
    void kill(String reason) {
        if (process.isAlive()) {
            killedBecause = reason;
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private void watch() {
        try {
            while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                Thread caller = waiting;
                if (caller != null && caller.isInterrupted()) {
                    kill("it was interrupted");
                } else if (caller != null && isOverdue()) {
                    kill("it neither took nor gave a byte for %d s".formatted(timeout.toSeconds()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOverdue() {
        return !busyElsewhere && System.nanoTime() - lastMove > timeout.toNanos();
    }

    /** Reads all the program says, lest it waits for somebody to do so, and keeps the beginning. */
    private void listen() {
        var text = new StringBuilder();
        try (InputStream errors = process.getErrorStream()) {
            byte[] buffer = new byte[SAID_BYTES];
            int length = errors.read(buffer);
            while (length >= 0) {
                if (text.length() < SAID_BYTES) {
                    text.append(new String(buffer, 0, length, UTF_8));
                    said = text.toString();
                }
                length = errors.read(buffer);
            }
        } catch (IOException e) {
            said = text.append(e.getMessage()).toString();
        }
    }

    private String lastWords() {
        String words = said.strip();
        return words.isEmpty() ? "" : ": " + words;
    }

    private IOException interrupted() {
        return new InterruptedIOException("interrupted while waiting for " + name());
    }

    /**
     * What the program writes. That of a program that was killed has an end as well, since the process closes it under its
     * reader: why it was killed, tells {@link #requireSuccess}.
     */
    private final class Output extends FilterInputStream {

        Output(InputStream written) {
            super(written);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            try {
                return super.read(target, offset, length);
            } catch (IOException e) {
                if (killedBecause == null) {
                    throw e;
                }
                return -1;
            }
        }
    }
}
