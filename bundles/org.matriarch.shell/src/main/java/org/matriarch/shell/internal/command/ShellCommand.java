package org.matriarch.shell.internal.command;

import java.io.IOException;
import org.matriarch.api.access.Role;

/** A command: understands its words, calls one service, prints. */
public interface ShellCommand {

    /** Returns what the command is called and takes. */
    CommandSpec spec();

    /** Returns who may run it with these words. */
    default Role role(Words words) {
        return spec().role();
    }

    /**
     * Carries the command out.
     *
     * @return the exit code
     * @throws org.matriarch.api.error.MatriarchException to end with that error's text and exit code
     * @throws IOException if the output cannot be written
     * @throws InterruptedException if the user has cancelled the command
     */
    int run(Invocation invocation) throws IOException, InterruptedException;
}
