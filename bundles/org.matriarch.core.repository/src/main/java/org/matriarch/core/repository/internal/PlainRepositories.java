package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
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
    private final Map<String, Charge> charges = new ConcurrentHashMap<>();
    private final Map<Path, WalIndex> indexes = new ConcurrentHashMap<>();
    private final Map<Path, KnownBackups> backups = new ConcurrentHashMap<>();

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

    /** Lets other processes write. */
    @Deactivate
    void close() {
        charges.values().forEach(Charge::end);
    }

    @Override
    public void takeCharge(ServerConfiguration server) {
        custody(server, stores.find(server.repository().store())).require();
    }

    @Override
    public void giveBack(String server) {
        Charge charge = charges.get(server);
        if (charge != null) {
            charge.giveBack();
        }
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
        ObjectStore store = stores.require(settings.store(), server.name()).asOfNow();
        var layout = new Layout(server.name());
        Custody custody = custody(server, Optional.of(store));
        Path spool = spool(server);
        Path indexFile = indexFile(server, Optional.of(store));
        var records = new BackupRecords(
                store,
                layout,
                new BackupFields(zone),
                backups.computeIfAbsent(indexFile, path -> new KnownBackups()),
                new Journals(server.home().resolve("unfinished")),
                custody);
        var wal = new PlainWalArchive(store, layout, compressors, settings, index(indexFile), spool, custody);
        return new PlainRepository(store, layout, records, spool, compressors, wal, custody);
    }

    /** A store that is not installed now is locked as soon as something is written to it. */
    private Custody custody(ServerConfiguration server, Optional<ObjectStore> store) {
        Path home = server.home().toAbsolutePath().normalize();
        var layout = new Layout(server.name());
        List<Path> directories = Stream.concat(
                        Stream.of(home),
                        store.flatMap(present -> present.directory(layout.prefix())).stream()
                                .map(directory -> directory.toAbsolutePath().normalize()))
                .distinct()
                .toList();
        return new Custody(
                server.name(),
                server.active(),
                charges.computeIfAbsent(server.name(), Charge::new),
                directories,
                () -> {
                    index(indexFile(server, store)).forget();
                    sweep(spool(server));
                });
    }

    private static Path spool(ServerConfiguration server) {
        return server.home().resolve("spool");
    }

    private static Path indexFile(ServerConfiguration server, Optional<ObjectStore> store) {
        var layout = new Layout(server.name());
        return store.flatMap(present -> present.directory(layout.walPrefix()))
                .orElseGet(() -> server.home().resolve("wals"))
                .resolve(layout.walIndexFile());
    }

    private WalIndex index(Path file) {
        return indexes.computeIfAbsent(file, WalIndex::new);
    }

    private static void sweep(Path spool) {
        try {
            Spool.sweep(spool);
        } catch (IOException e) {
            LOG.warn("unable to remove old files of '{}': {}", spool, e.getMessage());
        }
    }
}
