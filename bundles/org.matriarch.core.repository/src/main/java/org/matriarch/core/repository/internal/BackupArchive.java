package org.matriarch.core.repository.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.Tablespace;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/**
 * A tar archive of a backup that Barman took with {@code backup_compression}: the data directory in {@code base.tar}, each
 * tablespace in a file named after its oid, compressed or not.
 *
 * @param tablespaceOid 0 for the data directory
 */
record BackupArchive(long tablespaceOid, ObjectName name) {

    /** What the file of one that gpg has encrypted ends with. */
    static final String ENCRYPTED = ".gpg";

    private static final List<String> SUFFIXES = List.of(".gz", "", ".zst", ".lz4", ".bz2", ".xz", ".snappy");

    /** Finds those of a backup; there are none if it is a directory of files. */
    static List<BackupArchive> find(ObjectStore store, Layout layout, Backup backup) {
        try {
            if (store.find(layout.manifest(backup.id())).isPresent()
                    || store.find(new ObjectName(layout.backupPrefix(backup.id()) + "data/PG_VERSION"))
                            .isPresent()) {
                return List.of();
            }
            Optional<ObjectName> base = find(store, layout, backup, "base");
            if (base.isEmpty()) {
                return List.of();
            }
            var archives = new ArrayList<BackupArchive>();
            archives.add(new BackupArchive(0, base.get()));
            for (Tablespace tablespace : backup.source().tablespaces()) {
                String stem = Long.toUnsignedString(tablespace.oid());
                // One that is missing is missed when it is opened.
                ObjectName name = find(store, layout, backup, stem)
                        .orElseGet(
                                () -> new ObjectName(directories(layout, backup).get(0) + stem + ".tar"));
                archives.add(new BackupArchive(tablespace.oid(), name));
            }
            return List.copyOf(archives);
        } catch (StorageException e) {
            throw StoreFailures.of(e);
        }
    }

    /** Returns where they may lie. */
    static List<String> directories(Layout layout, Backup backup) {
        String prefix = layout.backupPrefix(backup.id());
        return List.of(prefix + "data/", prefix);
    }

    private static Optional<ObjectName> find(ObjectStore store, Layout layout, Backup backup, String stem)
            throws StorageException {
        for (String directory : directories(layout, backup)) {
            for (String suffix : SUFFIXES) {
                for (String encryption : List.of("", ENCRYPTED)) {
                    var name = new ObjectName(directory + stem + ".tar" + suffix + encryption);
                    if (store.find(name).isPresent()) {
                        return Optional.of(name);
                    }
                }
            }
        }
        return Optional.empty();
    }
}
