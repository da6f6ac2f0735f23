package org.matriarch.core.repository.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** A store that keeps its objects in memory, or as the files of a directory. */
final class MemoryStore implements ObjectStore {

    private final String id;
    private final Optional<Path> root;
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    MemoryStore(String id) {
        this.id = id;
        this.root = Optional.empty();
    }

    MemoryStore(String id, Path root) {
        this.id = id;
        this.root = Optional.of(root);
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        try {
            byte[] bytes = content.readAllBytes();
            if (bytes.length != sizeBytes) {
                throw new StorageException("unable to write '%s': size".formatted(name), false, null);
            }
            return write(name, bytes, false);
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        return write(name, content, true);
    }

    private synchronized ObjectInfo write(ObjectName name, byte[] bytes, boolean replace) throws StorageException {
        if (!replace && find(name).isPresent()) {
            throw new ObjectExistsException(id, name);
        }
        if (root.isEmpty()) {
            objects.put(name.value(), bytes.clone());
        } else {
            try {
                Path file = root.get().resolve(name.value());
                Files.createDirectories(file.getParent());
                Files.write(file, bytes);
            } catch (IOException e) {
                throw failed(name, e);
            }
        }
        return find(name).orElseThrow();
    }

    @Override
    public ObjectBatch batch() {
        return new ObjectBatch() {
            @Override
            public ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException {
                if (find(name).isPresent()) {
                    throw new ObjectExistsException(id, name);
                }
                var bytes = new ByteArrayOutputStream();
                return new ObjectWriter() {
                    @Override
                    public void write(byte[] buffer, int offset, int length) {
                        bytes.write(buffer, offset, length);
                    }

                    @Override
                    public void complete() throws StorageException {
                        put(name, new ByteArrayInputStream(bytes.toByteArray()), sizeBytes);
                    }

                    @Override
                    public void close() {}
                };
            }

            @Override
            public void commit() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        try {
            if (find(name).isEmpty()) {
                throw new ObjectMissingException(id, name);
            }
            InputStream in = root.isEmpty()
                    ? new ByteArrayInputStream(objects.get(name.value()))
                    : Files.newInputStream(root.get().resolve(name.value()));
            in.skipNBytes(offsetBytes);
            return in;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        if (root.isEmpty()) {
            return Optional.ofNullable(objects.get(name.value()))
                    .map(bytes -> new ObjectInfo(name, bytes.length, Instant.EPOCH));
        }
        Path file = root.get().resolve(name.value());
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(new ObjectInfo(
                            name,
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()))
                    : Optional.empty();
        } catch (IOException e) {
            throw failed(name, e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        var found = new java.util.ArrayList<ObjectInfo>();
        for (String name : names()) {
            if (name.startsWith(prefix)) {
                find(new ObjectName(name)).ifPresent(found::add);
            }
        }
        return found;
    }

    List<String> names() throws StorageException {
        if (root.isEmpty()) {
            return List.copyOf(objects.keySet());
        }
        var names = new TreeSet<String>();
        try {
            Files.walkFileTree(root.get(), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        names.add(root.get().relativize(file).toString());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // others write and remove files meanwhile
                }
            });
        } catch (IOException e) {
            throw failed(new ObjectName("list"), e);
        }
        return List.copyOf(names);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        objects.remove(name.value());
        if (root.isPresent()) {
            try {
                Files.deleteIfExists(root.get().resolve(name.value()));
            } catch (IOException e) {
                throw failed(name, e);
            }
        }
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        for (String name : names()) {
            if (name.startsWith(prefix)) {
                delete(new ObjectName(name));
            }
        }
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return root.map(directory -> directory.resolve(prefix));
    }

    private StorageException failed(ObjectName name, IOException e) {
        return new StorageException("unable to use '%s' in store '%s': %s".formatted(name, id, e), true, e);
    }
}
