package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.spi.configuration.LastGood;
import org.matriarch.spi.configuration.Reconfigurable;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each object in a file of its name, which it gets only when its bytes are on the disk. */
@Component(
        service = ObjectStore.class,
        configurationPid = "org.matriarch.storage.file",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = FileObjectStoreConfig.class, factory = true)
public final class FileObjectStore implements ObjectStore, Reconfigurable {

    private static final Logger LOG = LoggerFactory.getLogger(FileObjectStore.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

    private final LastGood<StoreSettings> settings;
    private volatile OpenStore current;
    private final Thread cleaner;

    /** Refuses to start, naming the property, if the configuration cannot work. */
    @Activate
    public FileObjectStore(Map<String, Object> properties) {
        this(StoreSettings.of(properties), new Disk());
    }

    FileObjectStore(StoreSettings first, Disk disk) {
        this.settings = new LastGood<>(first, StoreSettings::of);
        this.current = new OpenStore(new DirectoryStore(first, disk));
        // A walk through millions of files must not keep the store from serving.
        this.cleaner = new Thread(() -> clean(first), "matriarch-clean-" + first.id());
        cleaner.setDaemon(true);
        cleaner.start();
        LOG.info("store '{}' opened at '{}'", first.id(), first.root());
    }

    /** Takes a new configuration; one that cannot work is refused, and the last good one stays in force. */
    @Modified
    void modified(Map<String, Object> properties) {
        StoreSettings before = settings.inForce();
        if (!settings.change(properties)) {
            LOG.warn("store '{}': {}", before.id(), settings.refused().orElse(""));
        } else if (!settings.inForce().equals(before)) {
            StoreSettings now = settings.inForce();
            current = new OpenStore(new DirectoryStore(now, new Disk()));
            LOG.info("store '{}' is now at '{}'", now.id(), now.root());
        }
    }

    @Override
    public Optional<String> refused() {
        return settings.refused();
    }

    @Override
    public ObjectStore asOfNow() {
        return current;
    }

    /** Ends the cleaning. */
    @Deactivate
    void deactivate() {
        cleaner.interrupt();
        try {
            cleaner.join(STOP_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String id() {
        return current.id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        return current.put(name, content, sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        return current.replace(name, content);
    }

    @Override
    public ObjectBatch batch() {
        return current.batch();
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        return current.open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        return current.find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        return current.list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        current.delete(name);
    }

    @Override
    public void delete(Collection<ObjectName> names) throws StorageException {
        current.delete(names);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        current.deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return current.directory(prefix);
    }

    private static void clean(StoreSettings settings) {
        try {
            int removed = Files.isDirectory(settings.root()) ? TemporaryFiles.clean(settings.root()) : 0;
            if (removed > 0) {
                LOG.info("removed {} unfinished files of an earlier run from store '{}'", removed, settings.id());
            }
        } catch (IOException e) {
            LOG.warn("unable to remove unfinished files from store '{}': {}", settings.id(), e.getMessage());
        }
    }
}
