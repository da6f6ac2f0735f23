package org.matriarch.core.catalog.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.retention.RetentionJudge;

/** Makes backups and names of segments of 16 MiB for tests. */
final class Fixtures {

    static final long SEGMENT = 16 << 20;

    /** Finds that each backup is what it is recorded as. */
    static final RetentionJudge RECORDED = (policy, minimum, backups, now) ->
            backups.stream().collect(Collectors.toMap(Backup::id, Backup::retention));

    private Fixtures() {}

    /** Returns a full backup of day {@code day} on a timeline that needs the segments {@code first} to {@code last}. */
    static Backup backup(int day, BackupStatus status, int timeline, int first, int last) {
        return backup(
                day, status, timeline, Optional.of(new Lsn(first * SEGMENT + 40)), Optional.of(last * SEGMENT + 99));
    }

    /** Returns a backup that does not know yet where it begins. */
    static Backup backup(int day, BackupStatus status) {
        return backup(day, status, 1, Optional.empty(), Optional.empty());
    }

    private static Backup backup(int day, BackupStatus status, int timeline, Optional<Lsn> begin, Optional<Long> end) {
        return new Backup(
                id(day),
                Optional.empty(),
                "main",
                status,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource("7", new PostgresVersion(160000), timeline, SEGMENT, "", List.of()),
                new BackupSpan(Instant.EPOCH, Optional.empty(), begin, end.map(Lsn::new)),
                new BackupSize(1000, 1000, 0, 2),
                RetentionStatus.NONE,
                Optional.empty());
    }

    static Backup named(Backup backup, String name) {
        return copy(backup, Optional.of(name), backup.parent(), backup.retention());
    }

    static Backup childOf(Backup backup, BackupId parent) {
        return copy(backup, backup.name(), Optional.of(parent), backup.retention());
    }

    static Backup kept(Backup backup, RetentionStatus retention) {
        return copy(backup, backup.name(), backup.parent(), retention);
    }

    static BackupId id(int day) {
        return new BackupId("202611%02dT030000".formatted(day));
    }

    static String segment(int timeline, int number) {
        return "%08X%08X%08X".formatted(timeline, 0, number);
    }

    private static Backup copy(
            Backup backup, Optional<String> name, Optional<BackupId> parent, RetentionStatus retention) {
        return new Backup(
                backup.id(),
                name,
                backup.server(),
                backup.status(),
                parent.isPresent() ? BackupKind.INCREMENTAL : BackupKind.FULL,
                backup.transport(),
                backup.format(),
                parent,
                backup.source(),
                backup.span(),
                backup.size(),
                retention,
                backup.error());
    }
}
