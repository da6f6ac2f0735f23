package org.matriarch.shell.internal.job;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code job}. */
public final class JobCommands {

    private JobCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(new JobListCommand(), new JobShowCommand(), new JobWatchCommand(), new JobCancelCommand());
    }
}
