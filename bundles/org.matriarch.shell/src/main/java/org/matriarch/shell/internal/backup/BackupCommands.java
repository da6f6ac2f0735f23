package org.matriarch.shell.internal.backup;

import java.util.List;
import org.matriarch.shell.internal.command.ShellCommand;

/** The commands of scope {@code backup}. */
public final class BackupCommands {

    private BackupCommands() {}

    /** Returns them. */
    public static List<ShellCommand> all() {
        return List.of(
                new BackupCreateCommand(),
                new BackupListCommand(),
                new BackupShowCommand(),
                new BackupFilesCommand(),
                new BackupCheckCommand(),
                new BackupVerifyCommand(),
                new BackupKeepCommand(),
                new BackupDeleteCommand(),
                new BackupRestoreCommand());
    }
}
