package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;

final class BackupsCheckTest {

    /** All of them ended an hour before. */
    private static final List<Backup> BACKUPS = List.of(
            Samples.backup("20261120T100000", BackupStatus.DONE, BackupKind.FULL)
                    .withSize(new BackupSize(3L << 30, 0, 0, 1)),
            Samples.backup("20261120T110000", BackupStatus.DONE, BackupKind.INCREMENTAL),
            Samples.backup("20261120T120000", BackupStatus.FAILED, BackupKind.FULL));

    @Test
    void countsWholeBackupsAndFailedOnes() {
        assertThat(check(BACKUPS, Samples.server(2)))
                .containsExactly(
                        new CheckResult(
                                "minimum redundancy requirements",
                                Outcome.FAILED,
                                "have 1 non-incremental backup, expected at least 2",
                                "take one with 'backup:create main'."),
                        new CheckResult("backup maximum age", Outcome.OK, "the newest backup ended 1 hour ago", ""),
                        new CheckResult(
                                "backup minimum size", Outcome.OK, "backup '20261120T100000' restores 3.0 GiB", ""),
                        new CheckResult(
                                "failed backups",
                                Outcome.FAILED,
                                "there is 1 failed backup",
                                "see why with 'backup:show main last-failed', then delete it with 'backup:delete main"
                                        + " last-failed'."));
    }

    @Test
    void isContentWithEnough() {
        assertThat(check(List.of(), Samples.server(0)))
                .allMatch(result ->
                        result.outcome() == Outcome.OK && result.hint().isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "last_backup_maximum_age | 1 HOUR | OK | the newest backup ended 1 hour ago, allowed are 1 hour",
                "last_backup_maximum_age | 2 DAYS | OK | the newest backup ended 1 hour ago, allowed are 2 days",
                "last_backup_minimum_size | 3Gi | OK | backup '20261120T100000' restores 3.0 GiB, expected at least 3.0 GiB",
                "last_backup_minimum_size | 4G | FAILED | backup '20261120T100000' restores 3.0 GiB, expected at least 3.7 GiB",
            })
    void comparesTheNewestWithItsLimits(String option, String value, Outcome outcome, String detail) {
        assertThat(check(BACKUPS, Samples.server(Map.of(option, value))))
                .filteredOn(result -> result.detail().contains("restores") == option.equals("last_backup_minimum_size"))
                .anySatisfy(result -> {
                    assertThat(result.detail()).isEqualTo(detail);
                    assertThat(result.outcome()).isEqualTo(outcome);
                });
    }

    @Test
    void findsTheNewestTooOld() {
        var check = new BackupsCheck(
                neighbours(BACKUPS), Clock.fixed(Samples.NOW.plusSeconds(86_400 + 1800), ZoneOffset.UTC));

        assertThat(check.check(Samples.server(Map.of("last_backup_maximum_age", "1 DAY")))
                        .get(1))
                .isEqualTo(new CheckResult(
                        "backup maximum age",
                        Outcome.FAILED,
                        "the newest backup ended 1 day 1 hour ago, allowed are 1 day",
                        "take one with 'backup:create main'."));
    }

    @Test
    void missesABackupWhereLimitsAreSet() {
        ServerConfiguration server =
                Samples.server(Map.of("last_backup_maximum_age", "7 DAYS", "last_backup_minimum_size", "1Mi"));

        assertThat(check(List.of(BACKUPS.get(2)), server).subList(1, 3))
                .extracting(CheckResult::outcome, CheckResult::detail)
                .containsOnly(tuple(Outcome.FAILED, "there is no whole backup"));
    }

    @Test
    void saysWhyItDoesNotKnow() {
        assertThat(new BackupsCheck(new Neighbours()).check(Samples.server(0)))
                .extracting(CheckResult::detail)
                .containsOnly("the catalog is not installed");
        var broken = new Neighbours(
                null,
                StandIn.of(BackupCatalog.class, "backups", () -> {
                    throw new MatriarchException(ErrorCode.STORE_MISSING, "no store 'default'", "install it.");
                }),
                null,
                null);
        assertThat(new BackupsCheck(broken).check(Samples.server(0)))
                .hasSize(4)
                .allMatch(result -> result.outcome() == Outcome.FAILED
                        && result.detail().equals("no store 'default'")
                        && result.hint().equals("install it."));
    }

    private static List<CheckResult> check(List<Backup> backups, ServerConfiguration server) {
        return new BackupsCheck(neighbours(backups), Clock.fixed(Samples.NOW, ZoneOffset.UTC)).check(server);
    }

    private static Neighbours neighbours(List<Backup> backups) {
        return new Neighbours(null, StandIn.of(BackupCatalog.class, "backups", () -> backups), null, null);
    }
}
