package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.api.recovery.TargetAction;

final class RecoverySettingsTest {

    @Test
    void readsCopiedWalAndEndsOnTheBackupsTimeline() {
        assertThat(settings(Fixtures.request(new RecoveryTarget.Latest())))
                .containsExactly(
                        entry("archive_command", "false"),
                        entry("archive_library", ""),
                        entry("restore_command", "cp matriarch_wal/%f %p"),
                        entry("recovery_end_command", "rm -rf matriarch_wal"),
                        entry("recovery_target_timeline", "current"));
    }

    @Test
    void knowsNoArchiveLibraryBefore15() {
        Backup old = ofVersion(140024);

        assertThat(RecoverySettings.of(Fixtures.request(new RecoveryTarget.Latest()), old, 1, ""))
                .doesNotContainKey("archive_library");
    }

    @Test
    void fetchesByCommandAndRemovesAtTheEndWhatItFetchesWith() {
        Map<String, String> settings =
                RecoverySettings.of(Fixtures.request(new RecoveryTarget.Latest()), Fixtures.backup(), 1, "fetch %f %p");

        assertThat(settings)
                .containsEntry("restore_command", "fetch %f %p")
                .containsEntry("recovery_end_command", "rm -rf pgsql_tmp.matriarch");
    }

    @Test
    void writesATimeInUtcToTheMicrosecond() {
        var time = new RecoveryTarget.Time(Instant.parse("2026-11-20T12:00:00.123456Z"));

        assertThat(settings(Fixtures.request(time)))
                .containsEntry("recovery_target_time", "2026-11-20 12:00:00.123456+00")
                .doesNotContainKey("recovery_target_inclusive");
    }

    @Test
    void writesEachTargetUnderItsName() {
        assertThat(settings(Fixtures.request(new RecoveryTarget.Xid(812)))).containsEntry("recovery_target_xid", "812");
        assertThat(settings(Fixtures.request(new RecoveryTarget.Name("before drop"))))
                .containsEntry("recovery_target_name", "before drop");
        assertThat(settings(Fixtures.request(new RecoveryTarget.Position(Lsn.parse("0/5000000")))))
                .containsEntry("recovery_target_lsn", "0/5000000");
        assertThat(settings(Fixtures.request(new RecoveryTarget.Immediate())))
                .containsEntry("recovery_target", "immediate");
    }

    @Test
    void writesExclusionAndAction() {
        RestoreRequest request = Fixtures.request(new RecoveryTarget.Xid(812), true, Optional.of(TargetAction.PROMOTE));

        assertThat(settings(request))
                .containsEntry("recovery_target_inclusive", "false")
                .containsEntry("recovery_target_action", "promote");
    }

    @Test
    void namesAnotherTimelineByNumber() {
        assertThat(RecoverySettings.of(Fixtures.request(new RecoveryTarget.Latest()), Fixtures.backup(), 3, ""))
                .containsEntry("recovery_target_timeline", "3");
    }

    @Test
    void letsAStandbyFollowWhateverComes() {
        assertThat(settings(Fixtures.onTimeline(new RecoveryTarget.Latest(), "", true)))
                .containsEntry("recovery_target_timeline", "latest");
        assertThat(settings(Fixtures.onTimeline(new RecoveryTarget.Latest(), "current", true)))
                .containsEntry("recovery_target_timeline", "current");
    }

    private static Map<String, String> settings(RestoreRequest request) {
        return RecoverySettings.of(request, Fixtures.backup(), 1, "");
    }

    private static Backup ofVersion(int number) {
        BackupSource source = Fixtures.backup().source();
        return Fixtures.backup()
                .withOrigin(
                        new BackupSource(
                                source.systemId(),
                                new PostgresVersion(number),
                                1,
                                Fixtures.SEGMENT,
                                source.dataDirectory(),
                                source.tablespaces()),
                        Fixtures.backup().span());
    }
}
