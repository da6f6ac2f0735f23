package org.matriarch.shell.internal.command;

import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.plugin.Plugins;
import org.matriarch.api.postgres.Replication;
import org.matriarch.api.recovery.Restores;
import org.matriarch.api.repository.Compression;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.schedule.Maintenance;
import org.matriarch.api.server.BarmanImport;
import org.matriarch.api.server.ConfiguredOptions;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerStatuses;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.WalDoor;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalIntake;
import org.matriarch.api.wal.WalReceivers;

/**
 * The services that commands call, as they are at this moment.
 *
 * <p>Each method throws {@link org.matriarch.api.error.MatriarchException} {@code PLUGIN_MISSING} while the bundle that
 * brings the service is away.
 */
public interface Services {

    Servers servers();

    ConfiguredOptions options();

    ServerChecks checks();

    ServerStatuses statuses();

    BarmanImport barmanImport();

    BackupCatalog catalog();

    Retention retention();

    Maintenance maintenance();

    Backups backups();

    Restores restores();

    Repositories repositories();

    Compression compression();

    WalFiles walFiles();

    WalIntake walIntake();

    WalReceivers receivers();

    WalDoor walDoor();

    Replication replication();

    Jobs jobs();

    Plugins plugins();
}
