package org.matriarch.core.backup.internal;

import java.time.Clock;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.postgres.PostgresConnections;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Restarts with the parts of the product that backups use, and brings the new ones to running backups.
 *
 * <p>Immediate, since a running backup does not ask for it.
 */
@Component(service = ServiceSupply.class, immediate = true)
public final class ServiceSupply {

    private final CurrentServices current;

    /** Brings what is there now. */
    @Activate
    public ServiceSupply(
            @Reference BackupPlugins plugins,
            @Reference PostgresConnections connections,
            @Reference BackupWal wal,
            @Reference BackupCatalog catalog,
            @Reference Events events,
            @Reference Hooks hooks,
            @Reference CurrentServices current) {
        this.current = current;
        current.renew(
                new BackupServices(plugins, connections, wal, catalog, events, hooks, Clock.systemUTC(), Pause.SLEEP));
    }

    CurrentServices current() {
        return current;
    }
}
