package org.matriarch.core.backup.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.transport.BackupTransport;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The transports and stores that are installed right now; both come and go while the product runs. */
@Component(service = BackupPlugins.class)
public final class BackupPlugins {

    private final Map<String, BackupTransport> transportsById = new ConcurrentHashMap<>();
    private final Repositories repositories;

    /** Finds repositories through {@code repositories}. */
    @Activate
    public BackupPlugins(@Reference Repositories repositories) {
        this.repositories = repositories;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addTransport(BackupTransport transport) {
        transportsById.put(transport.id(), transport);
    }

    void removeTransport(BackupTransport transport) {
        transportsById.remove(transport.id(), transport);
    }

    /** Returns the transport that a server's configuration names, for one transfer. */
    BackupTransport requireTransport(ServerConfiguration server) {
        String id = server.backup().method();
        return Optional.ofNullable(transportsById.get(id))
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.PLUGIN_MISSING,
                        "unable to back up server '%s': transport '%s' is not installed".formatted(server.name(), id),
                        "install it with 'feature:install matriarch-transport-%s', or change 'backup_method'."
                                .formatted(id)));
    }

    /** Returns the repository of a server, for one backup. */
    Repository requireRepository(ServerConfiguration server) {
        return repositories.repository(server);
    }
}
