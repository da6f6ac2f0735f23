package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.repository.BackupEnd;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a backup as a directory of files. The order of {@link #finish} protects the data: what {@code backup.info} says
 * is always on disk already.
 */
final class PlainBackupWriter implements BackupWriter {

    private static final Logger LOG = LoggerFactory.getLogger(PlainBackupWriter.class);

    private static final int BUFFER_BYTES = 1 << 16;

    private final ObjectStore store;
    private final Layout layout;
    private final BackupRecords records;
    private final BackupFields fields;
    private final Path spoolDirectory;
    private final Journal journal;
    private final ObjectBatch batch;
    private final Optional<LocalTree> tree;
    private final ChecksumThreads checksums;
    private final AtomicInteger openFiles = new AtomicInteger();

    // All guarded by this.
    private final List<BackupEntry> entries = new ArrayList<>();
    private Backup backup;
    private boolean ended;

    PlainBackupWriter(
            ObjectStore store,
            Layout layout,
            BackupRecords records,
            BackupFields fields,
            Path spool,
            Backup backup,
            Journal journal)
            throws StorageException {
        this.store = store;
        this.layout = layout;
        this.records = records;
        this.fields = fields;
        this.spoolDirectory = spool;
        this.backup = backup;
        this.journal = journal;
        this.tree = store.directory(layout.backupPrefix(backup.id())).map(LocalTree::new);
        this.batch = store.batch();
        this.checksums = new ChecksumThreads(backup.server());
    }

    @Override
    public synchronized Backup backup() {
        return backup;
    }

    @Override
    public synchronized void begin(BackupSource source, Lsn beginLsn) {
        BackupSpan span =
                new BackupSpan(backup.span().beginTime(), Optional.empty(), Optional.of(beginLsn), Optional.empty());
        Backup begun = backup.withOrigin(source, span);
        var changes = new HashMap<>(fields.source(source));
        changes.putAll(fields.beginning(begun));
        records.update(begun.id(), changes);
        backup = begun;
    }

    @Override
    public synchronized void directory(BackupPath path, int mode, Instant modified) {
        entries.add(new BackupEntry(path, true, 0, mode, modified, Optional.empty()));
    }

    @Override
    public boolean reuse(BackupReader other, BackupEntry file, boolean link) {
        ObjectName existing = layout.file(other.backup().id(), file.path());
        try {
            if (!hasSize(existing, file)) {
                LOG.warn("'{}' in store '{}' is not as it was stored; its file is copied anew", existing, store.id());
                return false;
            }
            return (link && link(existing, file, true)) || copy(existing, file);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public boolean resume(BrokenBackup broken, BackupEntry file, boolean mayShare) {
        BackupId id = broken.backup().id();
        ObjectName existing = layout.file(id, file.path());
        boolean link = mayShare || !broken.sharesFiles();
        try {
            if (!hasSize(existing, file)) {
                LOG.debug("'{}' in store '{}' is not whole; its file is copied anew", existing, store.id());
                return false;
            }
            Optional<LocalTree> other =
                    link ? store.directory(layout.backupPrefix(id)).map(LocalTree::new) : Optional.empty();
            if (other.isPresent()) {
                if (!isProven(existing, other.get(), file)) {
                    return false;
                }
                if (link(existing, file, broken.sharesFiles())) {
                    return true;
                }
            }
            return copy(existing, file);
        } catch (ObjectMissingException e) {
            return false; // somebody deletes the broken backup meanwhile
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    private boolean hasSize(ObjectName existing, BackupEntry file) throws StorageException {
        return store.find(existing).map(ObjectInfo::sizeBytes).equals(Optional.of(file.sizeBytes()));
    }

    /** Returns whether a file has the content that was noted, which it then keeps over a power failure. */
    private boolean isProven(ObjectName existing, LocalTree other, BackupEntry file) throws StorageException {
        MessageDigest digest = ChecksumThreads.sha256();
        try (InputStream in = new DigestInputStream(store.open(existing, 0), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
            LocalTree.sync(other.resolve(file.path())); // its backup was never committed: it may be in memory only
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e instanceof StorageException stop ? stop : new StorageException("interrupted", true, e);
            }
            LOG.warn("'{}' in store '{}' is copied anew: {}", existing, store.id(), e.getMessage());
            return false;
        }
        boolean proven = file.sha256().equals(Optional.of(HexFormat.of().formatHex(digest.digest())));
        if (!proven) {
            LOG.warn("'{}' in store '{}' is damaged; its file is copied anew", existing, store.id());
        }
        return proven;
    }

    private boolean link(ObjectName existing, BackupEntry file, boolean shared) throws StorageException {
        if (shared) {
            journal.noteSharing();
        }
        boolean linked = batch.link(existing, layout.file(backup().id(), file.path()));
        if (linked) {
            add(file);
        }
        return linked;
    }

    private boolean copy(ObjectName existing, BackupEntry file) throws StorageException {
        try (InputStream in = store.open(existing, 0);
                PlainFileWriter writer = file(file.path(), file.sizeBytes(), file.mode(), file.modified())) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                writer.write(buffer, 0, length);
            }
            boolean whole = writer.completeIf(file.sha256().orElse(""));
            if (!whole) {
                LOG.warn("'{}' in store '{}' is damaged; its file is copied anew", existing, store.id());
            }
            return whole;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw StoreFailures.of("read '%s'".formatted(existing), e);
        }
    }

    @Override
    public PlainFileWriter file(BackupPath path, long sizeBytes, int mode, Instant modified) {
        try {
            var announced = new BackupEntry(path, false, sizeBytes, mode, modified, Optional.empty());
            var writer = batch.create(layout.file(backup().id(), path), sizeBytes);
            openFiles.incrementAndGet();
            var owner = new PlainFileWriter.Owner() {
                @Override
                public void completing(BackupEntry entry) {
                    dress(entry);
                }

                @Override
                public void completed(BackupEntry entry) {
                    add(entry);
                }

                @Override
                public void closed() {
                    openFiles.decrementAndGet();
                }
            };
            return new PlainFileWriter(writer, announced, owner, checksums);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public Optional<Path> localDirectory(long tablespaceOid, long sizeBytes) {
        String prefix = "%s%s/".formatted(layout.backupPrefix(backup().id()), Layout.area(tablespaceOid));
        try {
            return batch.directory(prefix, sizeBytes);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public Optional<BackupEntry> adopt(BackupPath path) {
        LocalTree local = tree.orElseThrow(() -> new IllegalStateException("the store keeps no directories"));
        try {
            BackupEntry entry = local.read(path);
            batch.adopt(layout.file(backup().id(), path));
            add(entry);
            return Optional.of(entry);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw StoreFailures.of("read '%s' of backup '%s'".formatted(path, backup().id()), e);
        }
    }

    private void dress(BackupEntry entry) {
        try {
            if (tree.isPresent()) {
                tree.get().dressEarly(entry);
            }
        } catch (IOException e) {
            throw StoreFailures.of("set mode and time of '%s'".formatted(entry.path()), e);
        }
    }

    private void add(BackupEntry entry) {
        synchronized (this) {
            entries.add(entry);
        }
        journal.add(entry);
    }

    @Override
    public synchronized Backup finish(BackupEnd end) {
        if (ended || openFiles.get() != 0) {
            throw new IllegalStateException(
                    "backup '%s' has %s".formatted(backup.id(), ended ? "ended" : "open files"));
        }
        entries.sort(Comparator.comparing(BackupEntry::path));
        Manifest.Totals totals = Manifest.Totals.of(entries, Optional.of(journal.serverTime()));
        try {
            batch.commit();
            completeTree();
            writeManifest(totals);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
        BackupSpan begun = backup.span();
        Backup whole = backup.withOrigin(
                        backup.source(),
                        new BackupSpan(
                                begun.beginTime(),
                                Optional.of(end.endTime()),
                                begun.beginLsn(),
                                Optional.of(end.endLsn())))
                .withSize(new BackupSize(totals.bytes(), totals.bytes(), 0, totals.files()))
                .withStatus(BackupStatus.WAITING_FOR_WALS, Optional.empty());
        var changes = new HashMap<>(fields.ending(whole, end));
        changes.putAll(BackupFields.status(whole.status(), Optional.empty()));
        records.rememberFileCount(whole.id(), totals.files());
        records.update(whole.id(), changes);
        backup = whole;
        ended = true;
        closeBatch();
        records.journals().delete(whole.id()); // nobody has to resume it
        return whole;
    }

    @Override
    public synchronized Backup fail(String reason) {
        if (ended) {
            throw new IllegalStateException("backup '%s' has ended".formatted(backup.id()));
        }
        ended = true;
        closeBatch();
        Map<String, Optional<String>> changes = BackupFields.status(BackupStatus.FAILED, Optional.of(reason));
        records.update(backup.id(), changes);
        backup = backup.withStatus(BackupStatus.FAILED, Optional.of(reason));
        return backup;
    }

    @Override
    public synchronized void close() {
        if (!ended) {
            fail("it ended before all files were stored");
        }
    }

    private void completeTree() {
        if (tree.isEmpty()) {
            return;
        }
        List<Long> tablespaces = backup.source().tablespaces().stream()
                .filter(each -> each.location().startsWith("/")) // one in place lies in the data directory
                .map(Tablespace::oid)
                .toList();
        try {
            tree.get().complete(entries, tablespaces);
        } catch (IOException e) {
            throw StoreFailures.of("complete the directory of backup '%s'".formatted(backup.id()), e);
        }
    }

    private void writeManifest(Manifest.Totals totals) throws StorageException {
        try (Spool spool = new Spool(spoolDirectory)) {
            Manifest.write(spool.unclosed(), totals, entries);
            try (InputStream content = spool.open()) {
                store.put(layout.manifest(backup.id()), content, spool.sizeBytes());
            }
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw StoreFailures.of("write the manifest of backup '%s'".formatted(backup.id()), e);
        }
    }

    private void closeBatch() {
        checksums.close();
        journal.close();
        try {
            batch.close();
        } catch (StorageException e) {
            // What matters is committed or worthless by now.
            LOG.warn("unable to end the batch of backup '{}': {}", backup.id(), e.getMessage());
        }
    }
}
