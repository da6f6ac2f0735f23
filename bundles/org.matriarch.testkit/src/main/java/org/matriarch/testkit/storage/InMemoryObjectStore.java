package org.matriarch.testkit.storage;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

/** A store that forgets everything with the test. Thread-safe. */
public final class InMemoryObjectStore implements ObjectStore {

    private final String id;
    private final Clock clock;
    private final ConcurrentNavigableMap<ObjectName, Stored> objects = new ConcurrentSkipListMap<>();

    /** Makes an empty store whose objects get their times from the system. */
    public InMemoryObjectStore(String id) {
        this(id, Clock.systemUTC());
    }

    /** Makes an empty store whose objects get their times from a clock. */
    public InMemoryObjectStore(String id, Clock clock) {
        this.id = id;
        this.clock = clock;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        var bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[64 << 10];
        try {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                if (Thread.currentThread().isInterrupted()) {
                    throw failure(name, "interrupted", null);
                }
                bytes.write(buffer, 0, read);
            }
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw failure(name, e.toString(), e);
        }
        return store(name, bytes.toByteArray(), sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) {
        Stored stored = new Stored(content.clone(), clock.instant());
        objects.put(name, stored);
        return stored.info(name);
    }

    @Override
    public ObjectBatch batch() {
        return new Batch();
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        @Nullable Stored stored = objects.get(name);
        if (stored == null) {
            throw new ObjectMissingException(id, name);
        }
        if (offsetBytes < 0 || offsetBytes > stored.content.length) {
            throw new StorageException(
                    "unable to read '%s' in store '%s': offset %d is not within its %d bytes"
                            .formatted(name, id, offsetBytes, stored.content.length),
                    false,
                    null);
        }
        int offset = (int) offsetBytes;
        return new ByteArrayInputStream(stored.content, offset, stored.content.length - offset);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) {
        return Optional.ofNullable(objects.get(name)).map(stored -> stored.info(name));
    }

    @Override
    public List<ObjectInfo> list(String prefix) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().value().startsWith(prefix))
                .map(entry -> entry.getValue().info(entry.getKey()))
                .toList();
    }

    @Override
    public void delete(ObjectName name) {
        objects.remove(name);
    }

    @Override
    public void deleteAll(String prefix) {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("'%s' does not end with '/'".formatted(prefix));
        }
        objects.keySet().removeIf(name -> name.value().startsWith(prefix));
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return Optional.empty();
    }

    private ObjectInfo store(ObjectName name, byte[] content, long sizeBytes) throws StorageException {
        if (content.length != sizeBytes) {
            throw failure(name, "expected %d bytes but received %d".formatted(sizeBytes, content.length), null);
        }
        Stored stored = new Stored(content, clock.instant());
        if (objects.putIfAbsent(name, stored) != null) {
            throw new ObjectExistsException(id, name);
        }
        return stored.info(name);
    }

    private StorageException failure(ObjectName name, String reason, @Nullable IOException cause) {
        return new StorageException("unable to write '%s' in store '%s': %s".formatted(name, id, reason), true, cause);
    }

    /** The bytes and the time of an object. */
    private static final class Stored {

        private final byte[] content;
        private final Instant modified;

        Stored(byte[] content, Instant modified) {
            this.content = content;
            this.modified = modified;
        }

        ObjectInfo info(ObjectName name) {
            return new ObjectInfo(name, content.length, modified);
        }
    }

    /** Stores each object as soon as it is complete. */
    private final class Batch implements ObjectBatch {

        @Override
        public ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException {
            if (objects.containsKey(name)) {
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
                    store(name, bytes.toByteArray(), sizeBytes);
                }

                @Override
                public void close() {
                    bytes.reset();
                }
            };
        }

        @Override
        public void commit() {
            // Memory is as durable as it gets.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
