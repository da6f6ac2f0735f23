package org.matriarch.api.model;

/** How far a backup came. */
public enum BackupStatus {
    /** Files are being copied. */
    STARTED,
    /** All files are stored; WAL that recovery needs is still to be archived. */
    WAITING_FOR_WALS,
    /** Whole: it can be restored. */
    DONE,
    /** Ended early; it cannot be restored. */
    FAILED;

    /** Returns whether all files of the backup are stored. */
    public boolean hasAllFiles() {
        return this == WAITING_FOR_WALS || this == DONE;
    }
}
