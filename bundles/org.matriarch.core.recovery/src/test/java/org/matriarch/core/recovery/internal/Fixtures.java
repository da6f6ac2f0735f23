package org.matriarch.core.recovery.internal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;
import org.matriarch.testkit.repository.InMemoryWalArchive;

/** Values that the tests of this bundle share. */
final class Fixtures {

    static final long SEGMENT = 16L << 20;
    static final Instant BEGIN = Instant.parse("2026-11-20T10:00:00Z");
    static final Instant END = Instant.parse("2026-11-20T10:05:00Z");

    private Fixtures() {}

    /** A backup on timeline 1 that ran from 0/3000028 to 0/4000100. */
    static Backup backup() {
        return backup("20261120T100000", 1, "0/3000028", "0/4000100", END);
    }

    static Backup backup(String id, int timeline, String begin, String end, Instant endTime) {
        var source = new BackupSource(
                "7000000000000000001",
                new PostgresVersion(160015),
                timeline,
                SEGMENT,
                "/srv/pg",
                List.of(new Tablespace("fast", 16400, "/srv/fast space")));
        var span =
                new BackupSpan(BEGIN, Optional.of(endTime), Optional.of(Lsn.parse(begin)), Optional.of(Lsn.parse(end)));
        return new Backup(
                new BackupId(id),
                Optional.empty(),
                "main",
                BackupStatus.DONE,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                source,
                span,
                BackupSize.NONE,
                RetentionStatus.NONE,
                Optional.empty());
    }

    /** A backup that is incremental to {@link #backup}. */
    static Backup incremental() {
        Backup full = backup("20261120T110000", 1, "0/3000028", "0/4000100", END);
        return new Backup(
                full.id(),
                full.name(),
                full.server(),
                full.status(),
                BackupKind.INCREMENTAL,
                full.transport(),
                full.format(),
                Optional.of(backup().id()),
                full.source(),
                full.span(),
                full.size(),
                full.retention(),
                full.error());
    }

    /** A WAL archive that holds whole segments of these names. */
    static InMemoryWalArchive archive(String... names) {
        var wal = new InMemoryWalArchive();
        for (String name : names) {
            wal.add(new WalFileName(name), new byte[(int) SEGMENT]);
        }
        return wal;
    }

    static RestoreRequest request(RecoveryTarget target) {
        return request(target, false, Optional.empty());
    }

    static RestoreRequest request(RecoveryTarget target, boolean exclusive, Optional<TargetAction> action) {
        return new RestoreRequest(
                "main",
                "latest",
                Path.of("/srv/restored"),
                target,
                exclusive,
                Optional.empty(),
                action,
                Map.of(),
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static RestoreRequest onTimeline(RecoveryTarget target, String timeline, boolean standby) {
        return new RestoreRequest(
                "main",
                "auto",
                Path.of("/srv/restored"),
                target,
                false,
                Optional.of(timeline).filter(word -> !word.isEmpty()),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                standby,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static RestoreRequest into(Path destination, Map<String, Path> tablespaces) {
        return of("latest", destination, tablespaces);
    }

    static RestoreRequest of(String backup, Path destination, Map<String, Path> tablespaces) {
        return new RestoreRequest(
                "main",
                backup,
                destination,
                new RecoveryTarget.Latest(),
                false,
                Optional.empty(),
                Optional.empty(),
                tablespaces,
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
