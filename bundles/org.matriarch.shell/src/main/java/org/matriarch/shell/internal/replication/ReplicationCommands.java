package org.matriarch.shell.internal.replication;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code replication}. */
public final class ReplicationCommands {

    private ReplicationCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(new ReplicationStatusCommand());
    }
}
