package org.matriarch.api.model;

/** What becomes of files that have not changed since the backup before. */
public enum ReuseMode {
    /** They are copied from the server like all others. */
    OFF,

    /** Both backups share them on the disk, which saves time and room. */
    LINK,

    /** They are copied from the backup before, which saves time. */
    COPY
}
