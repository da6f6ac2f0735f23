package org.matriarch.shell.internal.retention;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code retention}. */
public final class RetentionCommands {

    private RetentionCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(new RetentionPlanCommand(), new RetentionApplyCommand());
    }
}
