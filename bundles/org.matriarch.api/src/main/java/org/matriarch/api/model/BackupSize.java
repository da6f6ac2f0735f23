package org.matriarch.api.model;

/**
 * How large a backup is.
 *
 * @param sizeBytes what a restore writes
 * @param storedBytes what the repository holds for this backup alone
 * @param walBytes WAL from its start to the next backup's, as stored
 */
public record BackupSize(long sizeBytes, long storedBytes, long walBytes, long fileCount) {

    /** The size of a backup that holds nothing yet. */
    public static final BackupSize NONE = new BackupSize(0, 0, 0, 0);
}
