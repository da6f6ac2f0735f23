package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens repositories in format {@code plain}. What it keeps between calls are caches, one per archive. */
@Component(service = Repositories.class)
public final class PlainRepositories implements Repositories {

    private static final Logger LOG = LoggerFactory.getLogger(PlainRepositories.class);

    private final ObjectStores stores;
    private final Compressors compressors;
    private final ZoneId zone;
    private final Map<Path, WalIndex> indexes = new ConcurrentHashMap<>();
    private final Map<Path, Map<ObjectName, Long>> fileCounts = new ConcurrentHashMap<>();

    /** Takes the plugins as they come and go. */
    @Activate
    public PlainRepositories(@Reference ObjectStores stores, @Reference Compressors compressors) {
        this(stores, compressors, ZoneId.systemDefault());
    }

    PlainRepositories(ObjectStores stores, Compressors compressors, ZoneId zone) {
        this.stores = stores;
        this.compressors = compressors;
        this.zone = zone;
    }

    @Override
    public Repository repository(ServerConfiguration server) {
        ServerConfiguration.RepositorySettings settings = server.repository();
        if (!settings.format().equals(BackupFields.FORMAT)) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "repository_format '%s' of server '%s' is not known".formatted(settings.format(), server.name()),
                    "set 'repository_format' in etc/org.matriarch.server-%s.cfg to plain.".formatted(server.name()));
        }
        ObjectStore store = stores.require(settings.store(), server.name());
        var layout = new Layout(server.name());
        Path spool = server.home().resolve("spool");
        Path indexFile = store.directory(layout.walPrefix())
                .orElseGet(() -> server.home().resolve("wals"))
                .resolve(layout.walIndexFile());
        WalIndex index = indexes.computeIfAbsent(indexFile, path -> {
            sweep(spool);
            return new WalIndex(path);
        });
        var records = new BackupRecords(
                store,
                layout,
                new BackupFields(zone),
                fileCounts.computeIfAbsent(indexFile, path -> new ConcurrentHashMap<>()),
                new Journals(server.home().resolve("unfinished")));
        var wal = new PlainWalArchive(store, layout, compressors, settings, index, spool);
        return new PlainRepository(store, layout, zone, records, spool, wal);
    }

    private static void sweep(Path spool) {
        try {
            Spool.sweep(spool);
        } catch (IOException e) {
            LOG.warn("unable to remove old files of '{}': {}", spool, e.getMessage());
        }
    }
}
