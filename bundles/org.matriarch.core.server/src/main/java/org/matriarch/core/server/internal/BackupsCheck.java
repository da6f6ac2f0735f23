package org.matriarch.core.server.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether there are enough whole backups, new enough and large enough, and none that failed. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=600")
public final class BackupsCheck implements ServerCheck {

    private static final String REDUNDANCY = "minimum redundancy requirements";
    private static final String FAILED_BACKUPS = "failed backups";
    private static final String MAXIMUM_AGE = "backup maximum age";
    private static final String MINIMUM_SIZE = "backup minimum size";

    private final Neighbours neighbours;
    private final Clock clock;

    /** Asks the catalog, if there is one. */
    @Activate
    public BackupsCheck(@Reference Neighbours neighbours) {
        this(neighbours, Clock.systemUTC());
    }

    BackupsCheck(Neighbours neighbours, Clock clock) {
        this.neighbours = neighbours;
        this.clock = clock;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        try {
            return neighbours
                    .catalog()
                    .map(catalog -> check(server, catalog))
                    .orElseGet(() -> unknown("the catalog is not installed", "install the feature matriarch-core."));
        } catch (MatriarchException e) {
            return unknown(e.summary(), e.hint());
        }
    }

    private List<CheckResult> check(ServerConfiguration server, BackupCatalog catalog) {
        List<Backup> backups = catalog.backups(server.name());
        List<Backup> whole = backups.stream()
                .filter(backup -> backup.status() == BackupStatus.DONE)
                .toList();
        List<Backup> full = whole.stream()
                .filter(backup -> backup.kind() == BackupKind.FULL)
                .toList();
        long failed = backups.stream()
                .filter(backup -> backup.status() == BackupStatus.FAILED)
                .count();
        return List.of(
                redundancy(server, full.size()),
                age(server, newest(whole)),
                size(server, newest(full)),
                failedBackups(server, failed));
    }

    private static CheckResult redundancy(ServerConfiguration server, int full) {
        int wanted = server.repository().minimumRedundancy();
        return result(
                REDUNDANCY,
                full >= wanted,
                "have %s, expected at least %d".formatted(Words.count(full, "non-incremental backup"), wanted),
                takeOne(server));
    }

    private CheckResult age(ServerConfiguration server, Optional<Backup> newest) {
        Optional<Duration> limit = server.monitoring().lastBackupMaximumAge();
        if (newest.isEmpty()) {
            return result(MAXIMUM_AGE, limit.isEmpty(), "there is no whole backup", takeOne(server));
        }
        Duration age = Duration.between(endOf(newest.get()), clock.instant());
        String detail = "the newest backup ended %s ago".formatted(Words.age(age));
        return limit.map(most -> result(
                        MAXIMUM_AGE,
                        age.compareTo(most) <= 0,
                        "%s, allowed are %s".formatted(detail, Words.age(most)),
                        takeOne(server)))
                .orElseGet(() -> result(MAXIMUM_AGE, true, detail, ""));
    }

    private static CheckResult size(ServerConfiguration server, Optional<Backup> newest) {
        Optional<Long> limit = server.monitoring().lastBackupMinimumSizeBytes();
        if (newest.isEmpty()) {
            return result(MINIMUM_SIZE, limit.isEmpty(), "there is no whole backup", takeOne(server));
        }
        long bytes = newest.get().size().sizeBytes();
        String detail = "backup '%s' restores %s".formatted(newest.get().id().value(), Words.size(bytes));
        return limit.map(least -> result(
                        MINIMUM_SIZE,
                        bytes >= least,
                        "%s, expected at least %s".formatted(detail, Words.size(least)),
                        "see with 'backup:verify %s latest-full' whether it is whole, or lower 'last_backup_minimum_size'."
                                .formatted(server.name())))
                .orElseGet(() -> result(MINIMUM_SIZE, true, detail, ""));
    }

    private static CheckResult failedBackups(ServerConfiguration server, long failed) {
        return result(
                FAILED_BACKUPS,
                failed == 0,
                "there %s %s".formatted(failed == 1 ? "is" : "are", Words.count(failed, "failed backup")),
                "see why with 'backup:show %s last-failed', then delete it with 'backup:delete %s last-failed'."
                        .formatted(server.name(), server.name()));
    }

    private static String takeOne(ServerConfiguration server) {
        return "take one with 'backup:create %s'.".formatted(server.name());
    }

    private static Optional<Backup> newest(List<Backup> backups) {
        return backups.stream().max(Comparator.comparing(BackupsCheck::endOf));
    }

    private static Instant endOf(Backup backup) {
        return backup.span().endTime().orElse(backup.span().beginTime());
    }

    private static List<CheckResult> unknown(String detail, String hint) {
        var results = new ArrayList<CheckResult>();
        for (String name : List.of(REDUNDANCY, MAXIMUM_AGE, MINIMUM_SIZE, FAILED_BACKUPS)) {
            results.add(result(name, false, detail, hint));
        }
        return List.copyOf(results);
    }

    private static CheckResult result(String name, boolean good, String detail, String hint) {
        return new CheckResult(name, good ? Outcome.OK : Outcome.FAILED, detail, good ? "" : hint);
    }
}
