package org.matriarch.http.internal.command;

import java.io.OutputStream;

/** Runs commands. Thread-safe. */
public interface CommandRunner {

    /**
     * Runs a command until it ends; its thread is told to {@code interruption}, which may interrupt it.
     *
     * @return the exit code
     */
    int run(CommandRequest request, OutputStream out, OutputStream err, Interruption interruption);
}
