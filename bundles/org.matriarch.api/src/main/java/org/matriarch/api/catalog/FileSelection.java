package org.matriarch.api.catalog;

/** Which files {@code backup:files} lists. */
public enum FileSelection {
    /** The data directory and tablespaces. */
    DATA,
    /** The same, and the WAL needed to make the backup consistent. */
    STANDALONE,
    /** The WAL from the backup's start up to the next backup, or to the last. */
    WAL,
    /** Data and all that WAL. */
    FULL
}
