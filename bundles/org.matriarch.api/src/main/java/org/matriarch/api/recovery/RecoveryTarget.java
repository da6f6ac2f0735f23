package org.matriarch.api.recovery;

import java.time.Instant;
import org.matriarch.api.model.Lsn;

/** Where recovery ends. Source: PostgreSQL manual, "Recovery Target". */
public sealed interface RecoveryTarget {

    /** The end of the WAL. */
    record Latest() implements RecoveryTarget {}

    /** A moment of commit. */
    record Time(Instant time) implements RecoveryTarget {}

    /** A transaction. */
    record Xid(long xid) implements RecoveryTarget {}

    /** A restore point made by {@code pg_create_restore_point}. */
    record Name(String name) implements RecoveryTarget {}

    /** A WAL position. */
    record Position(Lsn lsn) implements RecoveryTarget {}

    /** The end of the backup: as soon as the data are consistent. */
    record Immediate() implements RecoveryTarget {}
}
