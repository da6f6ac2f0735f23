package org.matriarch.jmx.internal.bean;

import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerStatuses;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalReceivers;

/**
 * The services that MBeans call, as they are at this moment.
 *
 * <p>Each method throws {@link org.matriarch.api.error.MatriarchException} {@code PLUGIN_MISSING} while the bundle that
 * brings the service is away.
 */
public interface Services {

    Servers servers();

    ServerChecks checks();

    ServerStatuses statuses();

    BackupCatalog catalog();

    Retention retention();

    Backups backups();

    Restores restores();

    WalFiles walFiles();

    WalReceivers receivers();

    Jobs jobs();

    Plugins plugins();
}
