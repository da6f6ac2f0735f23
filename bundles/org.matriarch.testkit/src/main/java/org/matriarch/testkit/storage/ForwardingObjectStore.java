package org.matriarch.testkit.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** A store in front of another, for tests that change one thing of it. */
public class ForwardingObjectStore implements ObjectStore {

    private final ObjectStore store;

    /** Passes everything on to {@code store}. */
    protected ForwardingObjectStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public String id() {
        return store.id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        return store.put(name, content, sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        return store.replace(name, content);
    }

    @Override
    public ObjectBatch batch() throws StorageException {
        return store.batch();
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        return store.open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        return store.find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        return store.list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        store.delete(name);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        store.deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return store.directory(prefix);
    }
}
