package org.matriarch.testkit.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;

/**
 * Lets the calls through to another store until the moment a test has chosen; from then on every call fails, as after
 * a crash, until {@link #heal}. Thread-safe.
 *
 * <p>Calls are counted that change something or read: put, replace, open, list, find, delete, deleteAll, and of a batch
 * create, complete and commit. A call fails before it does anything.
 */
public final class FaultyObjectStore implements ObjectStore {

    private static final ObjectName ANY = new ObjectName("batch");

    private final ObjectStore store;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long failingCall = Long.MAX_VALUE;
    private volatile long failingByte = Long.MAX_VALUE;
    private volatile boolean full;

    /** Wraps a store that does not fail yet. */
    public FaultyObjectStore(ObjectStore store) {
        this.store = store;
    }

    /** Lets the k-th call from now, counted from 1, and all later ones fail. */
    public FaultyObjectStore failAtCall(long call) {
        calls.set(0);
        failingCall = call;
        return this;
    }

    /** Lets what is written fail once so many bytes more have been written. */
    public FaultyObjectStore failAfterBytes(long count) {
        bytes.set(0);
        failingByte = count;
        return this;
    }

    /** Says that what is written finds no room, instead of the byte limit; reading and deleting go on. */
    public FaultyObjectStore full(boolean full) {
        this.full = full;
        return this;
    }

    /** Ends all failures. */
    public void heal() {
        failingCall = Long.MAX_VALUE;
        failingByte = Long.MAX_VALUE;
        full = false;
    }

    /** Returns how many calls there were since the count last began. */
    public long calls() {
        return calls.get();
    }

    @Override
    public String id() {
        return store.id();
    }

    @Override
    public ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException {
        count("write", name.value());
        requireRoom(name, 0);
        return store.put(name, new Counted(content, name), sizeBytes);
    }

    @Override
    public ObjectInfo replace(ObjectName name, byte[] content) throws StorageException {
        count("write", name.value());
        requireRoom(name, content.length);
        return store.replace(name, content);
    }

    @Override
    public ObjectBatch batch() throws StorageException {
        return new FaultyBatch(store.batch());
    }

    @Override
    public InputStream open(ObjectName name, long offsetBytes) throws StorageException {
        count("read", name.value());
        return store.open(name, offsetBytes);
    }

    @Override
    public Optional<ObjectInfo> find(ObjectName name) throws StorageException {
        count("read", name.value());
        return store.find(name);
    }

    @Override
    public List<ObjectInfo> list(String prefix) throws StorageException {
        count("list", prefix);
        return store.list(prefix);
    }

    @Override
    public void delete(ObjectName name) throws StorageException {
        count("delete", name.value());
        store.delete(name);
    }

    @Override
    public void deleteAll(String prefix) throws StorageException {
        count("delete", prefix);
        store.deleteAll(prefix);
    }

    @Override
    public Optional<Path> directory(String prefix) {
        return store.directory(prefix);
    }

    private void count(String verb, String object) throws StorageException {
        if (calls.incrementAndGet() >= failingCall) {
            throw new StorageException(
                    "unable to %s '%s' in store '%s': it failed as the test asked".formatted(verb, object, id()),
                    true,
                    null);
        }
    }

    private void requireRoom(ObjectName name, int length) throws StorageException {
        if (full) {
            throw new StoreFullException(id(), name, null);
        }
        if (bytes.addAndGet(length) > failingByte) {
            throw new StorageException(
                    "unable to write '%s' in store '%s': it failed as the test asked".formatted(name, id()),
                    true,
                    null);
        }
    }

    /** Counts what a put reads. */
    private final class Counted extends FilterInputStream {

        private final ObjectName name;

        Counted(InputStream in, ObjectName name) {
            super(in);
            this.name = name;
        }

        @Override
        public int read() throws IOException {
            int next = super.read();
            requireRoom(name, next < 0 ? 0 : 1);
            return next;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            requireRoom(name, Math.max(read, 0));
            return read;
        }
    }

    /** Counts what a batch does. */
    private final class FaultyBatch implements ObjectBatch {

        private final ObjectBatch batch;

        FaultyBatch(ObjectBatch batch) {
            this.batch = batch;
        }

        @Override
        public ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException {
            count("write", name.value());
            requireRoom(name, 0);
            return new FaultyWriter(batch.create(name, sizeBytes), name);
        }

        @Override
        public boolean link(ObjectName existing, ObjectName name) throws StorageException {
            count("write", name.value());
            return batch.link(existing, name);
        }

        @Override
        public Optional<Path> directory(String prefix, long sizeBytes) throws StorageException {
            return batch.directory(prefix, sizeBytes);
        }

        @Override
        public void adopt(ObjectName name) throws StorageException {
            count("write", name.value());
            batch.adopt(name);
        }

        @Override
        public void commit() throws StorageException {
            count("sync", ANY.value());
            batch.commit();
        }

        @Override
        public void close() throws StorageException {
            batch.close();
        }
    }

    /** Counts what is written to an object of a batch. */
    private final class FaultyWriter implements ObjectWriter {

        private final ObjectWriter writer;
        private final ObjectName name;

        FaultyWriter(ObjectWriter writer, ObjectName name) {
            this.writer = writer;
            this.name = name;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws StorageException {
            requireRoom(name, length);
            writer.write(buffer, offset, length);
        }

        @Override
        public void complete() throws StorageException {
            count("write", name.value());
            writer.complete();
        }

        @Override
        public void close() throws StorageException {
            writer.close();
        }
    }
}
