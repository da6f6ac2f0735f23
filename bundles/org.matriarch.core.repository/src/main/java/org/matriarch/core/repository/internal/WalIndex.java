package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.WalFileName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what the archive of one server holds; one for all who use that archive. A cache: it is made from the archive when
 * it is missing or broken, and compared with it when it is first used and when the store was replaced. Thread-safe.
 */
final class WalIndex {

    private static final Logger LOG = LoggerFactory.getLogger(WalIndex.class);

    private final WalIndexFile file;
    private final WalChecksums checksums;
    private final boolean writable;
    /** Held while the archive is looked at; storing goes on meanwhile. */
    private final Object scanning = new Object();

    // Guarded by this.
    private WalTable table = new WalTable();
    private WeakReference<ObjectStore> comparedWith = new WeakReference<>(null);
    /** What happened since a look at the archive began; null while none is under way. */
    private @Nullable List<Consumer<WalTable>> since;

    /** Begins with nothing; {@link #open} comes first. */
    WalIndex(Path path) {
        this(path, true);
    }

    private WalIndex(Path path, boolean writable) {
        this.writable = writable;
        this.file = new WalIndexFile(path);
        this.checksums = new WalChecksums(path);
    }

    /** Returns an index of the same archive that keeps nothing, on the disk or for others: another process writes both. */
    WalIndex snapshot() {
        return new WalIndex(file.path(), false);
    }

    /** Has all of it compared with the archive again when it is used next: others may have written. */
    synchronized void forget() {
        comparedWith = new WeakReference<>(null);
    }

    /** Makes sure that the index is that of what the store holds. */
    void open(ObjectStore store, WalScan scan) throws StorageException {
        if (isComparedWith(store)) {
            return;
        }
        synchronized (scanning) {
            if (isComparedWith(store)) {
                return;
            }
            startRecording(); // before the file is read: a line that comes right after is in neither
            try {
                Optional<WalIndexFile.Content> content = read(store);
                WalTable known = content.map(WalIndexFile.Content::table).orElseGet(WalTable::new);
                WalTable found = content.isPresent()
                        ? scan.changes(known, content.get().newestMicros())
                        : scan.everything(known);
                boolean same = content.isPresent() && content.get().whole() && found.holdsTheSameAs(known);
                swap(found, store);
                if (!same && writable) {
                    LOG.info("WAL index '{}' made from the archive: {} files", file.path(), size());
                    replaceFile();
                }
            } finally {
                stopRecording();
            }
        }
    }

    /** Makes the index anew from the archive. */
    int rebuild(ObjectStore store, WalScan scan) throws StorageException {
        synchronized (scanning) {
            WalTable known = new WalTable();
            lines().forEach(known::put);
            startRecording();
            try {
                swap(scan.everything(known), store);
            } finally {
                stopRecording();
            }
            replaceFile();
        }
        return size();
    }

    void add(WalLine line) {
        boolean replace;
        synchronized (this) {
            table.put(line);
            if (since != null) {
                since.add(each -> each.put(line));
            }
            try {
                file.append(line);
            } catch (IOException e) {
                LOG.warn("unable to add '{}' to WAL index '{}': {}", line.name(), file.path(), e.getMessage());
            }
            replace = since == null && file.mustBeReplaced();
        }
        if (replace) {
            replaceFile();
        }
    }

    void remove(List<WalFileName> names) {
        if (names.isEmpty()) {
            return;
        }
        synchronized (this) {
            table.removeAll(names);
            if (since != null) {
                since.add(each -> each.removeAll(names));
            }
        }
        checksums.remove(names);
        replaceFile();
    }

    /** Returns what the files of the archive contained when they were archived. */
    WalChecksums checksums() {
        return checksums;
    }

    synchronized boolean contains(WalFileName name) {
        return table.contains(name);
    }

    synchronized Optional<WalLine> find(WalFileName name) {
        return table.find(name);
    }

    synchronized List<WalLine> lines() {
        return table.lines();
    }

    private synchronized int size() {
        return table.size();
    }

    private synchronized boolean isComparedWith(ObjectStore store) {
        return comparedWith.refersTo(store);
    }

    private Optional<WalIndexFile.Content> read(ObjectStore store) throws StorageException {
        try {
            return file.read();
        } catch (IOException e) {
            throw new StorageException(
                    "unable to read the WAL index '%s' of store '%s': %s"
                            .formatted(file.path(), store.id(), e.getMessage()),
                    true,
                    e);
        }
    }

    private synchronized void startRecording() {
        since = new ArrayList<>();
    }

    private synchronized void stopRecording() {
        since = null;
    }

    private synchronized void swap(WalTable found, ObjectStore store) {
        if (since != null) {
            since.forEach(change -> change.accept(found));
        }
        table = found;
        comparedWith = new WeakReference<>(store);
    }

    /** Writes the file anew. A failure is no loss: the index in memory is right, and the next start makes a new file. */
    private void replaceFile() {
        if (!writable) {
            return;
        }
        try {
            file.replace(this::lines);
        } catch (IOException e) {
            LOG.warn("unable to write WAL index '{}': {}", file.path(), e.getMessage());
        }
    }
}
