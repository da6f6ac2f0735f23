package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** Reads a backup that is a directory of files: ours by its manifest, one that Barman took by looking at the files. */
final class PlainBackupReader implements BackupReader {

    private static final int FILE_MODE = 0600;
    private static final int DIRECTORY_MODE = 0700;

    private final ObjectStore store;
    private final Layout layout;
    private final Backup backup;
    private final Optional<Path> root;
    private final boolean firstLayout;

    PlainBackupReader(ObjectStore store, Layout layout, Backup backup) {
        this.store = store;
        this.layout = layout;
        this.backup = backup;
        this.root = store.directory(layout.backupPrefix(backup.id()));
        // Barman 1.2 and before kept the tablespaces within the data directory.
        this.firstLayout = root.isPresent() && Files.isDirectory(root.get().resolve("pgdata"));
    }

    @Override
    public Backup backup() {
        return backup;
    }

    @Override
    public List<BackupEntry> entries() {
        ObjectName manifest = layout.manifest(backup.id());
        try (InputStream in = store.open(manifest, 0)) {
            return List.copyOf(Manifest.read(in));
        } catch (ObjectMissingException e) {
            return look();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        } catch (IOException e) {
            throw unreadable(manifest, e);
        }
    }

    private MatriarchException unreadable(ObjectName manifest, IOException e) {
        return new MatriarchException(
                ErrorCode.REPOSITORY_UNREADABLE,
                "unable to read '%s' in store '%s': %s".formatted(manifest, store.id(), e.getMessage()),
                "the backup cannot be checked without it: restore the file from a copy, or take another backup.",
                e);
    }

    @Override
    public Optional<Instant> serverTime() {
        ObjectName manifest = layout.manifest(backup.id());
        try (InputStream in = store.open(manifest, 0)) {
            return Manifest.readTotals(in).serverTime();
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        } catch (IOException e) {
            throw unreadable(manifest, e);
        }
    }

    @Override
    public InputStream open(BackupPath path) {
        try {
            return store.open(name(path), 0);
        } catch (ObjectMissingException e) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "file '%s' of backup '%s' of server '%s' is missing in store '%s'"
                            .formatted(path, backup.id(), layout.server(), store.id()),
                    "backup:verify %s %s lists all that is wrong with it; restore another backup."
                            .formatted(layout.server(), backup.id()),
                    e);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    @Override
    public Optional<Path> localFile(BackupPath path) {
        return root.map(directory ->
                        directory.resolve(area(path.tablespaceOid())).resolve(path.path()))
                .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
    }

    private ObjectName name(BackupPath path) {
        return new ObjectName(layout.backupPrefix(backup.id()) + area(path.tablespaceOid()) + "/" + path.path());
    }

    private String area(long oid) {
        if (!firstLayout) {
            return Layout.area(oid);
        }
        return oid == 0 ? "pgdata" : "pgdata/pg_tblspc/" + oid;
    }

    private List<BackupEntry> look() {
        var areas = new ArrayList<Long>();
        areas.add(0L);
        backup.source().tablespaces().forEach(tablespace -> areas.add(tablespace.oid()));
        var entries = new TreeMap<BackupPath, BackupEntry>();
        for (long oid : areas) {
            try {
                if (root.isPresent()) {
                    walk(oid, root.get().resolve(area(oid)), entries);
                } else {
                    list(oid, entries);
                }
            } catch (IOException e) {
                throw StoreFailures.of("list the files of backup '%s'".formatted(backup.id()), e);
            }
        }
        var manifest = new ObjectName(layout.backupPrefix(backup.id()) + area(0) + "/" + PostgresManifest.NAME);
        serverManifest(store, manifest)
                .ifPresent(
                        files -> PostgresManifest.apply(files, backup.source().tablespaces(), entries));
        return List.copyOf(entries.values());
    }

    /** Returns what PostgreSQL says of the files, if it is there. */
    static Optional<Map<String, PostgresManifest.File>> serverManifest(ObjectStore store, ObjectName name) {
        try (InputStream in = store.open(name, 0)) {
            return Optional.of(PostgresManifest.read(in));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        } catch (IOException e) {
            throw new MatriarchException(
                    ErrorCode.REPOSITORY_UNREADABLE,
                    "unable to read '%s' in store '%s': %s".formatted(name, store.id(), e.getMessage()),
                    "choose another backup; to restore this one without checking it, move the file away.",
                    e);
        }
    }

    private void walk(long oid, Path directory, Map<BackupPath, BackupEntry> entries) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                if (path.equals(directory)) {
                    return FileVisitResult.CONTINUE;
                }
                if (oid == 0 && isTablespace(directory.relativize(path))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                add(path, true, 0);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    add(path, false, attributes.size());
                }
                return FileVisitResult.CONTINUE;
            }

            private void add(Path path, boolean isDirectory, long size) throws IOException {
                PosixFileAttributes found = Files.readAttributes(path, PosixFileAttributes.class);
                var place = new BackupPath(oid, directory.relativize(path).toString());
                entries.put(
                        place,
                        new BackupEntry(
                                place,
                                isDirectory,
                                size,
                                LocalTree.mode(found.permissions()),
                                found.lastModifiedTime().toInstant(),
                                Optional.empty()));
            }
        });
    }

    private boolean isTablespace(Path relative) {
        return firstLayout
                && backup.source().tablespaces().stream()
                        .anyMatch(each -> relative.equals(Path.of("pg_tblspc", Long.toString(each.oid()))));
    }

    private void list(long oid, Map<BackupPath, BackupEntry> entries) throws StorageException {
        String prefix = layout.backupPrefix(backup.id()) + area(oid) + "/";
        List<ObjectInfo> objects = store.list(prefix);
        for (ObjectInfo object : objects) {
            var path = new BackupPath(oid, object.name().value().substring(prefix.length()));
            entries.put(
                    path,
                    new BackupEntry(path, false, object.sizeBytes(), FILE_MODE, object.modified(), Optional.empty()));
            addParents(path, object, entries);
        }
    }

    private static void addParents(BackupPath path, ObjectInfo object, Map<BackupPath, BackupEntry> entries) {
        int slash = path.path().lastIndexOf('/');
        while (slash > 0) {
            var parent = new BackupPath(path.tablespaceOid(), path.path().substring(0, slash));
            entries.putIfAbsent(
                    parent, new BackupEntry(parent, true, 0, DIRECTORY_MODE, object.modified(), Optional.empty()));
            slash = parent.path().lastIndexOf('/');
        }
    }
}
