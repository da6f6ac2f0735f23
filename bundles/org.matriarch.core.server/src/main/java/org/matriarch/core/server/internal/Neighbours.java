package org.matriarch.core.server.internal;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.wal.WalReceivers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The parts of the product that know something of a server; each may be away at any time. */
@Component(service = Neighbours.class)
public final class Neighbours {

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable PostgresConnections connections;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable BackupCatalog catalog;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable Repositories repositories;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable WalReceivers receivers;

    /** Begins with whatever is there. */
    @Activate
    public Neighbours() {
        this(null, null, null, null);
    }

    Neighbours(
            @Nullable PostgresConnections connections,
            @Nullable BackupCatalog catalog,
            @Nullable Repositories repositories,
            @Nullable WalReceivers receivers) {
        this.connections = connections;
        this.catalog = catalog;
        this.repositories = repositories;
        this.receivers = receivers;
    }

    Optional<PostgresConnections> connections() {
        return Optional.ofNullable(connections);
    }

    Optional<BackupCatalog> catalog() {
        return Optional.ofNullable(catalog);
    }

    Optional<Repositories> repositories() {
        return Optional.ofNullable(repositories);
    }

    Optional<WalReceivers> receivers() {
        return Optional.ofNullable(receivers);
    }
}
