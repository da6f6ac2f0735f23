package org.matriarch.core.monitor.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.model.Backup;
import org.matriarch.api.monitor.WalTotals;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;
import org.matriarch.api.wal.WalQueues;
import org.matriarch.api.wal.WalReceivers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Who knows something of a server; each may be away at any time, and is then of no help. */
@Component(service = Sources.class)
public final class Sources {

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable PostgresConnections connections;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable BackupCatalog catalog;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable Repositories repositories;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable WalReceivers receivers;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable WalQueues queues;

    /** Begins with whoever is there. */
    @Activate
    public Sources() {
        this(null, null, null, null, null);
    }

    Sources(
            @Nullable PostgresConnections connections,
            @Nullable BackupCatalog catalog,
            @Nullable Repositories repositories,
            @Nullable WalReceivers receivers,
            @Nullable WalQueues queues) {
        this.connections = connections;
        this.catalog = catalog;
        this.repositories = repositories;
        this.receivers = receivers;
        this.queues = queues;
    }

    Optional<ServerFacts> facts(ServerConfiguration server) {
        return Optional.ofNullable(connections).map(service -> service.facts(server));
    }

    Optional<List<Backup>> backups(ServerConfiguration server) {
        return Optional.ofNullable(catalog).map(service -> service.backups(server.name()));
    }

    Optional<WalTotals> wal(ServerConfiguration server) {
        return Optional.ofNullable(repositories)
                .map(service -> totals(service.repository(server).wal().entries()));
    }

    Optional<ReceiverStatus> receiver(ServerConfiguration server) {
        return Optional.ofNullable(receivers).map(service -> service.status(server.name()));
    }

    Optional<WalQueue> queue(ServerConfiguration server) {
        return Optional.ofNullable(queues).map(service -> service.queue(server.name()));
    }

    private static WalTotals totals(List<WalEntry> entries) {
        Optional<Instant> newest = entries.stream()
                .filter(entry -> entry.name().isSegment())
                .map(WalEntry::archived)
                .max(Comparator.naturalOrder());
        return new WalTotals(
                entries.size(),
                entries.stream().mapToLong(WalEntry::storedBytes).sum(),
                newest);
    }
}
