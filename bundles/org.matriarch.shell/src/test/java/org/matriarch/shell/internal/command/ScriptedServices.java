package org.matriarch.shell.internal.command;

import java.util.HashMap;
import java.util.Map;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
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

/** The services that a test provides; all others are missing. */
public final class ScriptedServices implements Services {

    private final Map<Class<?>, Object> services = new HashMap<>();

    public <T> ScriptedServices with(Class<T> type, T service) {
        services.put(type, service);
        return this;
    }

    @Override
    public Servers servers() {
        return require(Servers.class);
    }

    @Override
    public ConfiguredOptions options() {
        return require(ConfiguredOptions.class);
    }

    @Override
    public ServerChecks checks() {
        return require(ServerChecks.class);
    }

    @Override
    public ServerStatuses statuses() {
        return require(ServerStatuses.class);
    }

    @Override
    public BarmanImport barmanImport() {
        return require(BarmanImport.class);
    }

    @Override
    public BackupCatalog catalog() {
        return require(BackupCatalog.class);
    }

    @Override
    public Retention retention() {
        return require(Retention.class);
    }

    @Override
    public Maintenance maintenance() {
        return require(Maintenance.class);
    }

    @Override
    public Backups backups() {
        return require(Backups.class);
    }

    @Override
    public Restores restores() {
        return require(Restores.class);
    }

    @Override
    public Repositories repositories() {
        return require(Repositories.class);
    }

    @Override
    public Compression compression() {
        return require(Compression.class);
    }

    @Override
    public WalFiles walFiles() {
        return require(WalFiles.class);
    }

    @Override
    public WalIntake walIntake() {
        return require(WalIntake.class);
    }

    @Override
    public WalReceivers receivers() {
        return require(WalReceivers.class);
    }

    @Override
    public WalDoor walDoor() {
        return require(WalDoor.class);
    }

    @Override
    public Replication replication() {
        return require(Replication.class);
    }

    @Override
    public Jobs jobs() {
        return require(Jobs.class);
    }

    @Override
    public Plugins plugins() {
        return require(Plugins.class);
    }

    private <T> T require(Class<T> type) {
        T service = type.cast(services.get(type));
        if (service == null) {
            throw new MatriarchException(
                    ErrorCode.PLUGIN_MISSING, "no %s".formatted(type.getSimpleName()), "install it.");
        }
        return service;
    }
}
