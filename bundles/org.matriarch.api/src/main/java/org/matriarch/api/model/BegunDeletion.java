package org.matriarch.api.model;

import java.util.Optional;

/** Whose deletion of a backup has begun and not ended. There is no way back: the backup may have lost files already. */
public enum BegunDeletion {
    /** An operator's. */
    OPERATOR("its deletion has begun"),
    /** The retention policy's. */
    POLICY("its deletion by the retention policy has begun"),
    /** Nobody has recorded whose: all there is is the mark beside the record, which Barman sets as well. */
    UNKNOWN("its deletion began and has not ended");

    private final String text;

    BegunDeletion(String text) {
        this.text = text;
    }

    /** Returns what the error of such a backup says, to operators and to later versions. */
    public String text() {
        return text;
    }

    /** Returns whose deletion of a backup has begun; nothing if none has. */
    public static Optional<BegunDeletion> of(Backup backup) {
        for (BegunDeletion deletion : values()) {
            if (backup.status() == BackupStatus.FAILED && backup.error().equals(Optional.of(deletion.text))) {
                return Optional.of(deletion);
            }
        }
        return Optional.empty();
    }
}
