package org.matriarch.core.repository.internal;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** A store that does a number of changes and from then on nothing, as if the machine had stopped there. */
final class DyingStore implements ObjectStore {

    private final ObjectStore store;
    private final AtomicInteger changesLeft;

    DyingStore(ObjectStore store, int changes) {
        this.store = store;
        this.changesLeft = new AtomicInteger(changes);
    }

    boolean died() {
        return changesLeft.get() < 0;
    }

    private void change() throws StorageException {
        if (changesLeft.decrementAndGet() < 0) {
            throw new StorageException("unable to go on: power is off", true, null);
        }
    }

    private void look() throws StorageException {
        if (changesLeft.get() < 0) {
            throw new StorageException("unable to go on: power is off", true, null);
        }
    }

    @Override
    public String id() {
        return store.id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        change();
        return store.put(name, content, sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        change();
        return store.replace(name, content);
    }

    @Override
    public ObjectBatch batch() throws StorageException {
        look();
        ObjectBatch batch = store.batch();
        return new ObjectBatch() {
            @Override
            public ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException {
                change();
                ObjectWriter writer = batch.create(name, sizeBytes);
                return new ObjectWriter() {
                    @Override
                    public void write(byte[] buffer, int offset, int length) throws StorageException {
                        change();
                        writer.write(buffer, offset, length);
                    }

                    @Override
                    public void complete() throws StorageException {
                        change();
                        writer.complete();
                    }

                    @Override
                    public void close() throws StorageException {
                        look();
                        writer.close();
                    }
                };
            }

            @Override
            public boolean link(ObjectName existing, ObjectName name) throws StorageException {
                change();
                return batch.link(existing, name);
            }

            @Override
            public void commit() throws StorageException {
                change();
                batch.commit();
            }

            @Override
            public void close() throws StorageException {
                change();
                batch.close();
            }
        };
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        look();
        return store.open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        look();
        return store.find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        look();
        return store.list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        change();
        store.delete(name);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        // A directory does not go at once: what was deleted before the end stays deleted.
        for (ObjectInfo object : store.list(prefix)) {
            delete(object.name());
        }
        store.deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return store.directory(prefix);
    }
}
