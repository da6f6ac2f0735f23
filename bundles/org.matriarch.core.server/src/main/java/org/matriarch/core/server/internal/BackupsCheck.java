package org.matriarch.core.server.internal;

import java.util.List;
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

/** Whether there are enough whole backups, and none that failed. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=600")
public final class BackupsCheck implements ServerCheck {

    private static final String REDUNDANCY = "minimum redundancy requirements";
    private static final String FAILED_BACKUPS = "failed backups";

    private final Neighbours neighbours;

    /** Asks the catalog, if there is one. */
    @Activate
    public BackupsCheck(@Reference Neighbours neighbours) {
        this.neighbours = neighbours;
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

    private static List<CheckResult> check(ServerConfiguration server, BackupCatalog catalog) {
        List<Backup> backups = catalog.backups(server.name());
        long whole = backups.stream()
                .filter(backup -> backup.status() == BackupStatus.DONE && backup.kind() == BackupKind.FULL)
                .count();
        int wanted = server.repository().minimumRedundancy();
        long failed = backups.stream()
                .filter(backup -> backup.status() == BackupStatus.FAILED)
                .count();
        String name = server.name();
        return List.of(
                result(
                        REDUNDANCY,
                        whole >= wanted,
                        "have %d non-incremental backup%s, expected at least %d"
                                .formatted(whole, plural(whole), wanted),
                        "take one with 'backup:create %s'.".formatted(name)),
                result(
                        FAILED_BACKUPS,
                        failed == 0,
                        "there %s %d failed backup%s".formatted(failed == 1 ? "is" : "are", failed, plural(failed)),
                        "see why with 'backup:show %s last-failed', then delete it with 'backup:delete %s last-failed'."
                                .formatted(name, name)));
    }

    private static String plural(long number) {
        return number == 1 ? "" : "s";
    }

    private static List<CheckResult> unknown(String detail, String hint) {
        return List.of(result(REDUNDANCY, false, detail, hint), result(FAILED_BACKUPS, false, detail, hint));
    }

    private static CheckResult result(String name, boolean good, String detail, String hint) {
        return new CheckResult(name, good ? Outcome.OK : Outcome.FAILED, detail, good ? "" : hint);
    }
}
