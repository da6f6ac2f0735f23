package org.matriarch.shell.internal;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.matriarch.shell.internal.backup.BackupCommands;
import org.matriarch.shell.internal.command.KarafCommand;
import org.matriarch.shell.internal.command.Services;
import org.matriarch.shell.internal.command.ShellCommand;
import org.matriarch.shell.internal.job.JobCommands;
import org.matriarch.shell.internal.maintenance.MaintenanceCommands;
import org.matriarch.shell.internal.replication.ReplicationCommands;
import org.matriarch.shell.internal.retention.RetentionCommands;
import org.matriarch.shell.internal.server.ServerCommands;
import org.matriarch.shell.internal.wal.WalCommands;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Makes the commands known to Karaf's shell as long as this bundle is active. */
@Component(service = {})
public final class ShellDoor {

    private final SessionFactory sessions;
    private final List<KarafCommand> commands;

    /** Registers the commands. */
    @Activate
    public ShellDoor(@Reference SessionFactory sessions, @Reference Services services) {
        this.sessions = sessions;
        this.commands =
                all().map(command -> new KarafCommand(command, services)).toList();
        this.commands.forEach(sessions.getRegistry()::register);
    }

    @Deactivate
    void close() {
        commands.forEach(sessions.getRegistry()::unregister);
    }

    static Stream<ShellCommand> all() {
        return Stream.of(
                        ServerCommands.all(),
                        BackupCommands.all(),
                        RetentionCommands.all(),
                        MaintenanceCommands.all(),
                        WalCommands.all(),
                        ReplicationCommands.all(),
                        JobCommands.all())
                .flatMap(List::stream);
    }
}
