package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

final class BackupsCheckTest {

    @Test
    void countsWholeBackupsAndFailedOnes() {
        List<Backup> backups = List.of(
                Samples.backup("20261120T100000", BackupStatus.DONE, BackupKind.FULL),
                Samples.backup("20261120T110000", BackupStatus.DONE, BackupKind.INCREMENTAL),
                Samples.backup("20261120T120000", BackupStatus.FAILED, BackupKind.FULL));

        assertThat(check(StandIn.of(BackupCatalog.class, "backups", () -> backups), 2))
                .containsExactly(
                        new CheckResult(
                                "minimum redundancy requirements",
                                Outcome.FAILED,
                                "have 1 non-incremental backup, expected at least 2",
                                "take one with 'backup:create main'."),
                        new CheckResult(
                                "failed backups",
                                Outcome.FAILED,
                                "there is 1 failed backup",
                                "see why with 'backup:show main last-failed', then delete it with 'backup:delete main"
                                        + " last-failed'."));
    }

    @Test
    void isContentWithEnough() {
        assertThat(check(StandIn.of(BackupCatalog.class, "backups", List::of), 0))
                .allMatch(result ->
                        result.outcome() == Outcome.OK && result.hint().isEmpty());
    }

    @Test
    void saysWhyItDoesNotKnow() {
        assertThat(new BackupsCheck(new Neighbours()).check(Samples.server(0)))
                .extracting(CheckResult::detail)
                .containsOnly("the catalog is not installed");
        assertThat(check(
                        StandIn.of(BackupCatalog.class, "backups", () -> {
                            throw new MatriarchException(ErrorCode.STORE_MISSING, "no store 'default'", "install it.");
                        }),
                        0))
                .containsOnly(
                        new CheckResult(
                                "minimum redundancy requirements", Outcome.FAILED, "no store 'default'", "install it."),
                        new CheckResult("failed backups", Outcome.FAILED, "no store 'default'", "install it."));
    }

    private static List<CheckResult> check(BackupCatalog catalog, int minimum) {
        return new BackupsCheck(new Neighbours(null, catalog, null, null)).check(Samples.server(minimum));
    }
}
