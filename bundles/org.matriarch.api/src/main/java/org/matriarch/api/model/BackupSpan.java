package org.matriarch.api.model;

import java.time.Instant;
import java.util.Optional;

/** From when to when, and from which WAL position to which, a backup was taken; the ends are empty until known. */
public record BackupSpan(Instant beginTime, Optional<Instant> endTime, Optional<Lsn> beginLsn, Optional<Lsn> endLsn) {

    /** Returns the span of a backup that has just begun. */
    public static BackupSpan startedAt(Instant beginTime) {
        return new BackupSpan(beginTime, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
