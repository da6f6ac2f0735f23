package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is recorded of each backup of a server: {@code backup.info}, and the marks beside it. */
final class BackupRecords {

    private static final Logger LOG = LoggerFactory.getLogger(BackupRecords.class);
    private static final String INFO_SUFFIX = "-backup.info";

    private final ObjectStore store;
    private final Layout layout;
    private final BackupFields fields;
    private final KnownBackups known;
    private final Journals journals;
    private final Custody custody;

    /** Keeps in {@code known} what it has read. */
    BackupRecords(
            ObjectStore store,
            Layout layout,
            BackupFields fields,
            KnownBackups known,
            Journals journals,
            Custody custody) {
        this.store = store;
        this.layout = layout;
        this.fields = fields;
        this.known = known;
        this.journals = journals;
        this.custody = custody;
    }

    /** Returns how records are written. */
    BackupFields fields() {
        return fields;
    }

    Journals journals() {
        return journals;
    }

    List<Backup> all() {
        try {
            Instant looked = Instant.now();
            var ids = new TreeSet<BackupId>();
            var meta = new HashMap<ObjectName, ObjectInfo>();
            for (ObjectInfo object : store.list(layout.metaPrefix())) {
                meta.put(object.name(), object);
                String file =
                        object.name().value().substring(layout.metaPrefix().length());
                if (file.endsWith(INFO_SUFFIX)) {
                    addId(ids, file.substring(0, file.length() - INFO_SUFFIX.length()));
                }
            }
            ids.addAll(oldIds());
            var backups = new ArrayList<Backup>();
            for (BackupId id : ids) {
                find(id, meta, looked).ifPresent(backups::add); // one that goes meanwhile is passed over
            }
            known.retain(ids);
            return List.copyOf(backups);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    /** Takes what is known of a backup if all that describes it lies in {@code meta/} and is as it was. */
    private Optional<Backup> find(BackupId id, Map<ObjectName, ObjectInfo> meta, Instant looked)
            throws StorageException {
        List<ObjectInfo> described = Stream.of(
                        layout.info(id), layout.keep(id), layout.deletionMark(id), layout.manifest(id))
                .map(meta::get)
                .filter(Objects::nonNull)
                .toList();
        if (!meta.containsKey(layout.info(id)) || store.find(layout.oldKeep(id)).isPresent()) {
            return find(id);
        }
        Optional<Backup> same = known.find(id, described);
        if (same.isPresent()) {
            return same;
        }
        Optional<Backup> read = find(id);
        read.ifPresent(backup -> known.keep(backup, described, looked));
        return read;
    }

    Optional<Backup> find(BackupId id) {
        try {
            Optional<byte[]> content = content(id);
            return content.isEmpty() ? Optional.empty() : Optional.of(describe(id, content.get()));
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    /** Records a backup under an id that nobody has; returns false if the id is taken. */
    boolean create(BackupId id, BackupInfo info) throws StorageException {
        custody.require();
        if (store.find(layout.oldInfo(id)).isPresent()) {
            return false;
        }
        byte[] content = info.format();
        try {
            store.put(layout.info(id), new ByteArrayInputStream(content), content.length);
            return true;
        } catch (ObjectExistsException e) {
            return false;
        }
    }

    /** Records other values of some fields, durably, and keeps all others as they are. */
    Backup update(BackupId id, Map<String, Optional<String>> changes) {
        custody.require();
        try {
            Optional<byte[]> content = content(id);
            if (content.isEmpty()) {
                throw unknown(id);
            }
            byte[] changed = parse(id, content.get()).with(changes).format();
            // An old record in the backup's own directory is superseded by the one written here.
            store.replace(layout.info(id), changed);
            known.forget(id);
            return describe(id, changed);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    /** Records the number of files of a backup whose manifest has just been written. */
    void rememberFileCount(BackupId id, long fileCount) {
        known.fileCounts().put(layout.manifest(id), fileCount);
    }

    /**
     * Deletes a backup. It is first marked, in Barman's way and by its status, so that nobody takes what is left of it for
     * a backup; its record goes last, so that an interrupted deletion can be found and repeated.
     */
    void delete(BackupId id) {
        custody.require();
        try {
            Optional<byte[]> content = content(id);
            if (content.isPresent()) {
                if (store.find(layout.deletionMark(id)).isEmpty()) {
                    store.replace(layout.deletionMark(id), "delete".getBytes(UTF_8));
                }
                markFailed(id, content.get());
            }
            store.deleteAll(layout.backupPrefix(id));
            store.delete(layout.manifest(id));
            known.fileCounts().remove(layout.manifest(id));
            store.delete(layout.keep(id));
            store.delete(layout.deletionMark(id));
            store.delete(layout.info(id));
            journals.delete(id); // last: whoever goes on with a broken backup deletes it in the end
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    private void markFailed(BackupId id, byte[] content) throws StorageException {
        BackupInfo info;
        try {
            info = BackupInfo.parse(content);
        } catch (IllegalArgumentException e) {
            info = BackupInfo.empty().with(Map.of("server_name", Optional.of(layout.server())));
        }
        if (!BackupStatus.FAILED.name().equals(info.find("status").orElse(""))
                || store.find(layout.info(id)).isEmpty()) {
            store.replace(
                    layout.info(id),
                    info.with(BackupFields.status(BackupStatus.FAILED, Optional.of(BegunDeletion.UNKNOWN.text())))
                            .format());
        }
    }

    /** Records what a backup is kept for, or that it is not kept any more. */
    Backup keep(BackupId id, Optional<KeepTarget> target) {
        custody.require();
        try {
            if (content(id).isEmpty()) {
                throw unknown(id);
            }
            if (target.isPresent()) {
                store.replace(layout.keep(id), target.get().word().getBytes(UTF_8));
            } else {
                store.delete(layout.oldKeep(id));
                store.delete(layout.keep(id));
            }
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
        known.forget(id);
        return find(id).orElseThrow(() -> unknown(id));
    }

    MatriarchException unknown(BackupId id) {
        return new MatriarchException(
                ErrorCode.BACKUP_UNKNOWN,
                "server '%s' has no backup '%s'".formatted(layout.server(), id),
                "backup:list %s shows those it has.".formatted(layout.server()));
    }

    private Backup describe(BackupId id, byte[] content) throws StorageException {
        Backup backup;
        try {
            backup = fields.toBackup(layout.server(), id, BackupInfo.parse(content), fileCount(id), retention(id));
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "backup '{}' of server '{}' has a record that cannot be read: {}",
                    id,
                    layout.server(),
                    e.getMessage());
            backup = fields.unreadable(layout.server(), id, "its record cannot be read: " + e.getMessage());
        }
        if (BegunDeletion.of(backup).isEmpty()
                && store.find(layout.deletionMark(id)).isPresent()) {
            return backup.withStatus(BackupStatus.FAILED, Optional.of(BegunDeletion.UNKNOWN.text()));
        }
        return backup;
    }

    private BackupInfo parse(BackupId id, byte[] content) {
        try {
            return BackupInfo.parse(content);
        } catch (IllegalArgumentException e) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_UNREADABLE,
                    "unable to read '%s' in store '%s': %s".formatted(layout.info(id), store.id(), e.getMessage()),
                    "correct the file by hand, or delete the backup with backup:delete %s %s."
                            .formatted(layout.server(), id),
                    e);
        }
    }

    private Optional<byte[]> content(BackupId id) throws StorageException {
        Optional<byte[]> content = read(layout.info(id));
        return content.isPresent() ? content : read(layout.oldInfo(id));
    }

    private Optional<byte[]> read(ObjectName name) throws StorageException {
        try (InputStream in = store.open(name, 0)) {
            return Optional.of(in.readAllBytes());
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            throw new StorageException(
                    "unable to read '%s' in store '%s': %s".formatted(name, store.id(), e.getMessage()), true, e);
        }
    }

    private long fileCount(BackupId id) throws StorageException {
        ObjectName name = layout.manifest(id);
        Long before = known.fileCounts().get(name);
        if (before != null) {
            return before;
        }
        try (InputStream in = store.open(name, 0)) {
            long count = Manifest.readTotals(in).files();
            known.fileCounts().put(name, count);
            return count;
        } catch (ObjectMissingException e) {
            return 0;
        } catch (StorageException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("manifest '{}' in store '{}' cannot be read: {}", name, store.id(), e.getMessage());
            return 0;
        }
    }

    private RetentionStatus retention(BackupId id) throws StorageException {
        Optional<byte[]> mark = read(layout.keep(id));
        if (mark.isEmpty()) {
            mark = read(layout.oldKeep(id));
        }
        // A mark that is not understood protects more rather than less, as in Barman.
        return mark.map(content -> new String(content, UTF_8).strip().equals("standalone")
                        ? RetentionStatus.KEEP_STANDALONE
                        : RetentionStatus.KEEP_FULL)
                .orElse(RetentionStatus.NONE);
    }

    /** Returns the backups whose record lies in their own directory, which only Barman's disks have. */
    private List<BackupId> oldIds() throws StorageException {
        Optional<Path> base = store.directory(layout.basePrefix());
        if (base.isEmpty()) {
            return List.of();
        }
        var ids = new ArrayList<BackupId>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(base.get())) {
            for (Path directory : directories) {
                if (Files.exists(directory.resolve("backup.info"))) {
                    addId(ids, base.get().relativize(directory).toString());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new StorageException(
                    "unable to list '%s' in store '%s': %s".formatted(layout.basePrefix(), store.id(), e.getMessage()),
                    true,
                    e);
        }
        return ids;
    }

    private static void addId(Collection<BackupId> ids, String text) {
        if (BackupId.isValid(text)) {
            ids.add(new BackupId(text));
        }
    }
}
