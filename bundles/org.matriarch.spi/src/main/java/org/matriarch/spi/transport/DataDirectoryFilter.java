package org.matriarch.spi.transport;

import java.util.Set;
import java.util.regex.Pattern;
import org.matriarch.api.repository.BackupPath;

/**
 * What of a data directory belongs in a backup, for transports that see its files themselves.
 *
 * <p>Source: PostgreSQL manual, "Making a Base Backup Using the Low Level API: Backing Up the Data Directory", and what the
 * server leaves out of a base backup that it sends itself (src/backend/backup/basebackup.c).
 */
public final class DataDirectoryFilter {

    /** The server fills these anew, or their content would do harm; the directories themselves have to be there. */
    private static final Set<String> EMPTIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    /** Files of a running server, and those of an earlier backup. */
    private static final Set<String> LEFT_OUT = Set.of(
            "postmaster.pid",
            "postmaster.opts",
            "postgresql.auto.conf.tmp",
            "current_logfiles.tmp",
            "backup_label",
            "tablespace_map",
            "backup_manifest");

    /** Where the server expects a directory within one that is emptied. */
    private static final String ARCHIVE_STATUS = "pg_wal/archive_status";

    private static final Pattern TEMPORARY_RELATION = Pattern.compile("t\\d+_\\d+(_[a-z]+)?(\\.\\d+)?");

    private DataDirectoryFilter() {}

    /** Returns whether a file is copied. */
    public static boolean takesFile(BackupPath path) {
        String name = nameOf(path);
        if (name.startsWith("pgsql_tmp")
                || name.startsWith("pg_internal.init")
                || TEMPORARY_RELATION.matcher(name).matches()) {
            return false;
        }
        return !isData(path) || !(LEFT_OUT.contains(path.path()) || isWithinEmptied(path.path()));
    }

    /** Returns whether a directory is made in the backup. */
    public static boolean takesDirectory(BackupPath path) {
        if (nameOf(path).startsWith("pgsql_tmp")) {
            return false;
        }
        return !isData(path) || !isWithinEmptied(path.path()) || path.path().equals(ARCHIVE_STATUS);
    }

    /** Returns whether there may be something to copy in a directory. */
    public static boolean looksInto(BackupPath path) {
        boolean emptied = isData(path) && (EMPTIED.contains(path.path()) || isWithinEmptied(path.path()));
        return takesDirectory(path) && !emptied;
    }

    private static boolean isData(BackupPath path) {
        return path.tablespaceOid() == 0;
    }

    private static boolean isWithinEmptied(String path) {
        int slash = path.indexOf('/');
        return slash > 0 && EMPTIED.contains(path.substring(0, slash));
    }

    private static String nameOf(BackupPath path) {
        return path.path().substring(path.path().lastIndexOf('/') + 1);
    }
}
