package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.StorageException;

/**
 * Syncs files on a few threads of its own while others are still being written.
 *
 * <p>The files stay open until then: the error of a write that the kernel did in the background is told to whoever had the
 * file open. So only so many may wait, and a writer that is too fast waits, too.
 */
final class SyncQueue implements AutoCloseable {

    /** Several at once share one commit of the file system's journal: with 4, 5,000 small files take half the time. */
    private static final int THREADS = 4;

    private static final int MAX_OPEN_FILES = 256;

    private final DirectoryStore store;
    private final Disk disk;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Pending> waiting = new ArrayDeque<>();
    private int unsynced;
    private boolean closed;
    private @Nullable StorageException failure;

    SyncQueue(DirectoryStore store, Disk disk) {
        this.store = store;
        this.disk = disk;
    }

    /** Syncs what a file has so far, while more is written. Throws if an earlier one could not be synced. */
    void addPart(ObjectName name, FileChannel file) throws StorageException {
        add(new Pending(name, file, false));
    }

    /** Takes a file that is complete; it is closed once it is synced. Throws if an earlier one could not be synced. */
    void add(ObjectName name, FileChannel file) throws StorageException {
        add(new Pending(name, file, true));
    }

    private synchronized void add(Pending pending) throws StorageException {
        if (threads.size() < THREADS) {
            Thread thread = new Thread(this::work, "matriarch-sync-" + store.id());
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        unsynced++;
        waiting.add(pending);
        notifyAll();
        awaitFewerThan(MAX_OPEN_FILES);
    }

    /** Waits until all files are synced. */
    synchronized void awaitAll() throws StorageException {
        awaitFewerThan(1);
    }

    /** Ends the threads and closes what was not synced. Files that are being synced are finished first. */
    @Override
    public synchronized void close() {
        closed = true;
        for (Pending pending : waiting) {
            closeQuietly(pending);
        }
        waiting.clear();
        notifyAll();
    }

    private void awaitFewerThan(int files) throws StorageException {
        try {
            while (unsynced >= files && failure == null && !closed) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    "unable to sync a batch of store '%s': interrupted".formatted(store.id()), true, e);
        }
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw new IllegalStateException("the batch is closed");
        }
    }

    private void work() {
        for (Pending next = take(); next != null; next = take()) {
            try {
                sync(next);
                done(null);
            } catch (IOException e) {
                done(store.failures().of("write", next.name(), e));
            }
        }
    }

    /** One thread at a time has a file: it must not be closed under another that syncs a part of it. */
    private void sync(Pending pending) throws IOException {
        FileChannel file = pending.file();
        synchronized (file) {
            if (!file.isOpen()) {
                return; // a part of a file that was synced whole, or given up, in the meantime
            }
            try {
                disk.sync(file);
            } finally {
                if (pending.complete()) {
                    file.close();
                }
            }
        }
    }

    /** Closes a file that is given up, once nobody syncs it. */
    static void close(FileChannel file) throws IOException {
        synchronized (file) {
            file.close();
        }
    }

    private synchronized @Nullable Pending take() {
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return null;
            }
        }
        return waiting.poll();
    }

    private synchronized void done(@Nullable StorageException outcome) {
        unsynced--;
        if (failure == null) {
            failure = outcome;
        }
        notifyAll();
    }

    private static void closeQuietly(Pending pending) {
        if (!pending.complete()) {
            return; // its writer closes it
        }
        try {
            pending.file().close();
        } catch (IOException e) {
            // The batch is given up: nobody reads the file.
            return;
        }
    }

    /** A file that waits. */
    private record Pending(ObjectName name, FileChannel file, boolean complete) {}
}
