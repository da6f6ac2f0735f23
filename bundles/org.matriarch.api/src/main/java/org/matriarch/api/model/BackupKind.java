package org.matriarch.api.model;

/** Whether a backup stands alone. */
public enum BackupKind {
    /** Complete in itself. */
    FULL,
    /** Holds what changed since its parent. */
    INCREMENTAL
}
