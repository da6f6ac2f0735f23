package org.matriarch.core.catalog.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalEntry;

/** Compares backups with the WAL archive and records what follows from it. */
final class WalChecker {

    // WAL of two channels may overtake one another; nobody is waiting for an answer here, so give it time.
    private static final Duration GRACE = Duration.ofMinutes(1);

    private final StatusRecorder recorder;
    private final Clock clock;

    WalChecker(StatusRecorder recorder, Clock clock) {
        this.recorder = recorder;
        this.clock = clock;
    }

    /** Checks a backup because somebody wants to know now. */
    Backup check(Repository repository, Backup backup) {
        if (!backup.status().hasAllFiles() && !WalCheck.failedForWalOnly(backup)) {
            return backup;
        }
        WalCheck check = WalCheck.of(backup, repository.wal());
        BackupStatus status = check.status();
        if (backup.status() == BackupStatus.DONE && status == BackupStatus.WAITING_FOR_WALS) {
            // It was whole once: what is missing now was lost and will not come by itself.
            return recorder.record(
                    repository,
                    backup,
                    BackupStatus.FAILED,
                    check.firstMissing().map(name -> "WAL %s %s".formatted(name, WalCheck.GONE)));
        }
        return conclude(repository, backup, status, check.reason());
    }

    /** Checks a waiting backup in the background, where a missing segment is given time to turn up. */
    Backup checkPatiently(Repository repository, Backup backup) {
        WalCheck check = WalCheck.of(backup, repository.wal());
        if (check.status() == BackupStatus.FAILED && mayStillCome(backup, check)) {
            return backup;
        }
        return conclude(repository, backup, check.status(), check.reason());
    }

    private Backup conclude(Repository repository, Backup backup, BackupStatus status, Optional<String> reason) {
        if (status == BackupStatus.WAITING_FOR_WALS) {
            // Not worth a write to the store: what is missing changes with every segment.
            return backup.status() == status ? backup.withStatus(status, reason) : backup;
        }
        return status == backup.status() ? backup : recorder.record(repository, backup, status, reason);
    }

    private boolean mayStillCome(Backup backup, WalCheck check) {
        WalFileName last = backup.endWal().orElseThrow();
        WalEntry newest = check.passedBy().orElseThrow();
        return newest.name().compareTo(last) <= 0
                || newest.archived().plus(GRACE).isAfter(clock.instant());
    }
}
