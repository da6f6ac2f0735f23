package org.matriarch.shell.internal.server;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of the scopes {@code server}, {@code configuration} and {@code plugin}. */
public final class ServerCommands {

    private ServerCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(
                new ServerListCommand(),
                new ServerShowCommand(),
                new ServerCheckCommand(),
                new ServerStatusCommand(),
                new ServerDiagnoseCommand(),
                new ServerImportCommand(),
                new ConfigurationShowCommand(),
                new PluginListCommand());
    }
}
