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
import org.jspecify.annotations.Nullable;
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
    /** Null until a configuration is in force. */
    private volatile @Nullable DirectoryStore current;

    private volatile @Nullable Thread cleaner;

    /** Takes the first configuration, and waits for another if it cannot work. */
    @Activate
    public FileObjectStore(Map<String, Object> properties) {
        settings = LastGood.of(properties, StoreSettings::of);
        if (settings.isInForce()) {
            begin(new Disk());
        } else {
            warn();
        }
    }

    FileObjectStore(StoreSettings first, Disk disk) {
        settings = new LastGood<>(first, StoreSettings::of);
        begin(disk);
    }

    private void begin(Disk disk) {
        StoreSettings first = settings.inForce();
        current = new DirectoryStore(first, disk);
        // A walk through millions of files must not keep the store from serving.
        var thread = new Thread(() -> clean(first), "matriarch-clean-" + first.id());
        thread.setDaemon(true);
        thread.start();
        cleaner = thread;
        LOG.info("store '{}' opened at '{}'", first.id(), first.root());
    }

    private void warn() {
        LOG.warn("a store is not as configured: {}", settings.refused().orElse(""));
    }

    /** Takes a new configuration; one that cannot work is refused, and the last good one stays in force. */
    @Modified
    void modified(Map<String, Object> properties) {
        Optional<StoreSettings> before = settings.isInForce() ? Optional.of(settings.inForce()) : Optional.empty();
        if (!settings.change(properties)) {
            warn();
        } else if (before.isEmpty()) {
            begin(new Disk());
        } else if (!settings.inForce().equals(before.get())) {
            StoreSettings now = settings.inForce();
            current = new DirectoryStore(now, new Disk());
            LOG.info("store '{}' is now at '{}'", now.id(), now.root());
        }
    }

    /** Returns what serves now; fails as long as no configuration was in force. */
    private DirectoryStore open() {
        DirectoryStore now = current;
        if (now == null) {
            settings.inForce(); // says why
            throw new IllegalStateException("the store is about to open");
        }
        return now;
    }

    @Override
    public boolean isInForce() {
        return current != null;
    }

    @Override
    public Optional<String> refused() {
        return settings.refused();
    }

    @Override
    public ObjectStore asOfNow() {
        return open();
    }

    /** Ends the cleaning. */
    @Deactivate
    void deactivate() {
        Thread running = cleaner;
        if (running == null) {
            return;
        }
        running.interrupt();
        try {
            running.join(STOP_PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String id() {
        return open().id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        return open().put(name, content, sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        return open().replace(name, content);
    }

    @Override
    public ObjectBatch batch() {
        return open().batch();
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        return open().open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        return open().find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        return open().list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        open().delete(name);
    }

    @Override
    public void delete(Collection<ObjectName> names) throws StorageException {
        open().delete(names);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        open().deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return open().directory(prefix);
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
