package org.matriarch.api.repository;

/**
 * Where a file belongs within a backup.
 *
 * @param tablespaceOid the tablespace it lies in, 0 for the data directory
 * @param path relative to that directory, parts separated by '/'
 */
public record BackupPath(long tablespaceOid, String path) implements Comparable<BackupPath> {

    /** Refuses a path that would leave its directory. */
    public BackupPath {
        if (path.isEmpty() || path.startsWith("/") || path.indexOf('\0') >= 0 || leavesItsDirectory(path)) {
            throw new IllegalArgumentException("'%s' is not a path within a backup".formatted(path));
        }
    }

    /** Returns a path of the data directory. */
    public static BackupPath ofData(String path) {
        return new BackupPath(0, path);
    }

    /** Returns the path that PostgreSQL's backup manifest uses: tablespaces lie under {@code pg_tblspc}. */
    public String manifestPath() {
        return tablespaceOid == 0 ? path : "pg_tblspc/%d/%s".formatted(tablespaceOid, path);
    }

    @Override
    public int compareTo(BackupPath other) {
        int byArea = Long.compare(tablespaceOid, other.tablespaceOid);
        return byArea != 0 ? byArea : path.compareTo(other.path);
    }

    @Override
    public String toString() {
        return manifestPath();
    }

    private static boolean leavesItsDirectory(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return true;
            }
        }
        return false;
    }
}
