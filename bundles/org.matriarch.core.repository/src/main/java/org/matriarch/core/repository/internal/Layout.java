package org.matriarch.core.repository.internal;

import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.storage.ObjectName;

/** Where things lie in a store: the layout of Barman 3.17. */
record Layout(String server) {

    String prefix() {
        return server + "/";
    }

    ObjectName identity() {
        return new ObjectName(server + "/identity.json");
    }

    String metaPrefix() {
        return server + "/meta/";
    }

    ObjectName info(BackupId id) {
        return meta(id, "backup.info");
    }

    ObjectName manifest(BackupId id) {
        return meta(id, "manifest.json");
    }

    ObjectName keep(BackupId id) {
        return meta(id, "keep");
    }

    /** The mark that Barman sets on a backup before it deletes its first file. */
    ObjectName deletionMark(BackupId id) {
        return meta(id, "delete_this");
    }

    String basePrefix() {
        return server + "/base/";
    }

    String backupPrefix(BackupId id) {
        return basePrefix() + id + "/";
    }

    /** Where Barman before 3.13.2 kept {@link #info}. */
    ObjectName oldInfo(BackupId id) {
        return new ObjectName(backupPrefix(id) + "backup.info");
    }

    /** Where Barman before 3.13.3 kept {@link #keep}. */
    ObjectName oldKeep(BackupId id) {
        return new ObjectName(backupPrefix(id) + "annotations/keep");
    }

    /** Returns the directory of a tablespace, or of the data directory for 0, within that of a backup. */
    static String area(long tablespaceOid) {
        return tablespaceOid == 0 ? "data" : Long.toUnsignedString(tablespaceOid);
    }

    ObjectName file(BackupId id, BackupPath path) {
        return new ObjectName(backupPrefix(id) + area(path.tablespaceOid()) + "/" + path.path());
    }

    String walPrefix() {
        return server + "/wals/";
    }

    ObjectName wal(WalFileName name) {
        String directory =
                name.kind() == WalFileName.Kind.HISTORY ? "" : name.value().substring(0, 16) + "/";
        return new ObjectName(walPrefix() + directory + name);
    }

    String walIndexFile() {
        return server + "-xlog.db";
    }

    private ObjectName meta(BackupId id, String suffix) {
        return new ObjectName(metaPrefix() + id + "-" + suffix);
    }
}
