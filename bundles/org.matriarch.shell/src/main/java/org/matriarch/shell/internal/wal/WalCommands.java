package org.matriarch.shell.internal.wal;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code wal}. */
public final class WalCommands {

    private WalCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(
                new WalGetCommand(),
                new WalPutCommand(),
                new WalListCommand(),
                new WalSwitchCommand(),
                new WalReceiveCommand(),
                new WalCheckCommand(),
                new WalReindexCommand());
    }
}
