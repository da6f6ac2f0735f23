package org.matriarch.storage.file.internal;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/**
 * A store under the configuration of one moment: what began with a directory ends there.
 *
 * @param directory where the objects lie
 */
record OpenStore(DirectoryStore directory) implements ObjectStore {

    @Override
    public String id() {
        return directory.settings().id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        return directory.put(name, content, sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        return directory.replace(name, content);
    }

    @Override
    public ObjectBatch batch() {
        return directory.batch();
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        return directory.open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        return directory.find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        return directory.list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        directory.delete(name);
    }

    @Override
    public void delete(Collection<ObjectName> names) throws StorageException {
        directory.delete(names);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        directory.deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return Optional.of(directory.directory(prefix));
    }
}
