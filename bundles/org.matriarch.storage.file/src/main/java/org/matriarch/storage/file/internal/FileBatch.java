package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes files under their own names and syncs them behind the writers' backs, so that little is left for the commit;
 * directories are synced there, once each.
 */
final class FileBatch implements ObjectBatch {

    private static final Logger LOG = LoggerFactory.getLogger(FileBatch.class);

    /** How much of a large file is written before the disk is given it to do. */
    private static final long SYNC_EVERY_BYTES = 32L << 20;

    private final DirectoryStore store;
    private final Disk disk;
    private final SyncQueue queue;
    /** Guarded by this. */
    private final Set<Path> changedDirectories = new TreeSet<>();

    FileBatch(DirectoryStore store, Disk disk) {
        this.store = store;
        this.disk = disk;
        this.queue = new SyncQueue(store, disk);
    }

    @Override
    public ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException {
        Path file = store.pathOf(name);
        store.requireSpace(name, sizeBytes);
        try {
            return new Writer(name, file, sizeBytes, store.create(file));
        } catch (FileAlreadyExistsException e) {
            throw new ObjectExistsException(store.id(), name);
        } catch (IOException e) {
            throw store.failures().of("write", name, e);
        }
    }

    @Override
    public boolean link(ObjectName existing, ObjectName name) throws StorageException {
        Path file = store.pathOf(name);
        try {
            store.link(store.pathOf(existing), file);
        } catch (NoSuchFileException e) {
            throw new ObjectMissingException(store.id(), existing);
        } catch (FileAlreadyExistsException e) {
            throw new ObjectExistsException(store.id(), name);
        } catch (UnsupportedOperationException | FileSystemException e) {
            LOG.debug("'{}' is not linked to '{}'", name, existing, e); // too many links, or a file system without
            return false;
        } catch (IOException e) {
            throw store.failures().of("link", name, e);
        }
        changed(file);
        return true;
    }

    @Override
    public Optional<Path> directory(String prefix, long sizeBytes) throws StorageException {
        Path directory = store.pathOf(prefix);
        try {
            store.require(directory);
        } catch (IOException e) {
            throw store.failures().of("make", prefix, e);
        }
        store.requireSpace(new ObjectName(prefix.substring(0, prefix.length() - 1)), sizeBytes);
        return Optional.of(directory);
    }

    @Override
    public void adopt(ObjectName name) throws StorageException {
        Path file = store.pathOf(name);
        store.requireSpace(name, 0);
        try {
            FileChannel content = store.open(file);
            changed(file);
            queue.add(name, content);
        } catch (NoSuchFileException e) {
            throw new ObjectMissingException(store.id(), name);
        } catch (IOException e) {
            throw store.failures().of("read", name, e);
        }
    }

    @Override
    public void commit() throws StorageException {
        queue.awaitAll();
        synchronized (this) {
            for (Path directory : changedDirectories) {
                try {
                    disk.syncDirectory(directory);
                } catch (IOException e) {
                    throw store.failures().of("sync", directory.toString(), e);
                }
            }
            changedDirectories.clear();
        }
    }

    @Override
    public void close() {
        queue.close();
    }

    private synchronized void changed(Path file) {
        changedDirectories.add(DirectoryStore.parentOf(file));
    }

    /** One file of the batch. */
    private final class Writer implements ObjectWriter {

        private final ObjectName name;
        private final Path path;
        private final long sizeBytes;
        private final FileChannel file;
        private long writtenBytes;
        private long syncAskedBytes;
        private boolean complete;

        Writer(ObjectName name, Path path, long sizeBytes, FileChannel file) {
            this.name = name;
            this.path = path;
            this.sizeBytes = sizeBytes;
            this.file = file;
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws StorageException {
            writtenBytes += length;
            if (writtenBytes > sizeBytes) {
                throw store.wrongSize(name, sizeBytes, "more");
            }
            try {
                disk.write(file, ByteBuffer.wrap(buffer, offset, length));
            } catch (IOException e) {
                throw store.failures().of("write", name, e);
            }
            if (writtenBytes - syncAskedBytes >= SYNC_EVERY_BYTES) {
                syncAskedBytes = writtenBytes;
                queue.addPart(name, file);
            }
        }

        @Override
        public void complete() throws StorageException {
            if (writtenBytes != sizeBytes) {
                throw store.wrongSize(name, sizeBytes, writtenBytes + " bytes");
            }
            complete = true;
            changed(path);
            queue.add(name, file);
        }

        @Override
        public void close() throws StorageException {
            if (complete) {
                return;
            }
            try {
                SyncQueue.close(file);
                disk.delete(path);
            } catch (IOException e) {
                throw store.failures().of("write", name, e);
            }
        }
    }
}
