package org.matriarch.shell.internal.maintenance;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code maintenance}. */
public final class MaintenanceCommands {

    private MaintenanceCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(new MaintenanceRunCommand());
    }
}
