package org.matriarch.shell.internal;

import static org.matriarch.api.plugin.Installed.require;

import org.jspecify.annotations.Nullable;
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
import org.matriarch.shell.internal.command.Services;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The services that are installed right now. Each may come and go: its commands stay, and say what is missing, instead of
 * vanishing from the shell.
 */
@Component(service = Services.class)
public final class InstalledServices implements Services {

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Servers servers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ConfiguredOptions options;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ServerChecks checks;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable ServerStatuses statuses;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable BarmanImport barmanImport;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable BackupCatalog catalog;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Retention retention;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Maintenance maintenance;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Backups backups;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Restores restores;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Repositories repositories;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Compression compression;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalFiles walFiles;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalIntake walIntake;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalReceivers receivers;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable WalDoor walDoor;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Replication replication;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Jobs jobs;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Plugins plugins;

    /** Begins with no service. */
    @Activate
    public InstalledServices() {
        // DS sets the fields as services come and go.
    }

    @Override
    public Servers servers() {
        return require(servers, "org.matriarch.core.server");
    }

    @Override
    public ConfiguredOptions options() {
        return require(options, "org.matriarch.core.server");
    }

    @Override
    public ServerChecks checks() {
        return require(checks, "org.matriarch.core.server");
    }

    @Override
    public ServerStatuses statuses() {
        return require(statuses, "org.matriarch.core.server");
    }

    @Override
    public BarmanImport barmanImport() {
        return require(barmanImport, "org.matriarch.core.server");
    }

    @Override
    public BackupCatalog catalog() {
        return require(catalog, "org.matriarch.core.catalog");
    }

    @Override
    public Retention retention() {
        return require(retention, "org.matriarch.core.catalog");
    }

    @Override
    public Maintenance maintenance() {
        return require(maintenance, "org.matriarch.core.schedule");
    }

    @Override
    public Backups backups() {
        return require(backups, "org.matriarch.core.backup");
    }

    @Override
    public Restores restores() {
        return require(restores, "org.matriarch.core.recovery");
    }

    @Override
    public Repositories repositories() {
        return require(repositories, "org.matriarch.core.repository");
    }

    @Override
    public Compression compression() {
        return require(compression, "org.matriarch.core.repository");
    }

    @Override
    public WalFiles walFiles() {
        return require(walFiles, "org.matriarch.core.wal");
    }

    @Override
    public WalIntake walIntake() {
        return require(walIntake, "org.matriarch.core.wal");
    }

    @Override
    public WalReceivers receivers() {
        return require(receivers, "org.matriarch.core.wal");
    }

    @Override
    public WalDoor walDoor() {
        return require(walDoor, "org.matriarch.http");
    }

    @Override
    public Replication replication() {
        return require(replication, "org.matriarch.core.postgres");
    }

    @Override
    public Jobs jobs() {
        return require(jobs, "org.matriarch.core.job");
    }

    @Override
    public Plugins plugins() {
        return require(plugins, "org.matriarch.core.plugin");
    }
}
