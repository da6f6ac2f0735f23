package org.matriarch.core.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.catalog.internal.Fixtures.backup;
import static org.matriarch.core.catalog.internal.Fixtures.segment;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;

final class DeletionPlannerTest {

    private final Backup first = backup(1, BackupStatus.DONE, 1, 3, 4);
    private final Backup second = backup(2, BackupStatus.DONE, 1, 6, 7);
    private final Backup third = backup(3, BackupStatus.DONE, 1, 9, 9);

    @Test
    void removesTheWalBeforeTheNextWhenTheOldestGoes() {
        DeletionPlan plan = plan(first, wal(1, 1, 3, 5, 6, 7), first, second, third);

        assertThat(plan.backups()).containsExactly(first);
        assertThat(names(plan)).containsExactly(segment(1, 1), segment(1, 3), segment(1, 5));
        assertThat(plan.freedBytes()).isEqualTo(1000 + 3 * 16);
    }

    @Test
    void removesNoWalWhenAnOlderBackupStays() {
        assertThat(plan(second, wal(1, 1, 3, 6), first, second, third).wal()).isEmpty();
    }

    @Test
    void keepsTheWalOfTheLastBackup() {
        assertThat(names(plan(first, wal(1, 1, 2, 3, 4), first))).containsExactly(segment(1, 1), segment(1, 2));
    }

    @Test
    void keepsHistoriesAndRemovesLabelsAndPartialsWithTheirSegments() {
        List<WalEntry> wal = entries(
                "00000001.history",
                segment(1, 4) + ".00000028.backup",
                segment(1, 5) + ".partial",
                segment(1, 6),
                segment(1, 6) + ".00000028.backup");

        assertThat(names(plan(first, wal, first, second)))
                .containsExactly(segment(1, 4) + ".00000028.backup", segment(1, 5) + ".partial");
    }

    @Test
    void keepsOtherTimelinesThatHaveABackup() {
        Backup onTwo = backup(2, BackupStatus.DONE, 2, 6, 6);
        Backup onOne = backup(3, BackupStatus.DONE, 1, 8, 8);
        List<WalEntry> wal =
                Stream.concat(wal(1, 3, 5).stream(), wal(2, 5, 6).stream()).toList();

        assertThat(names(plan(first, wal, first, onTwo, onOne))).containsExactly(segment(2, 5));
        assertThat(names(plan(first, wal, first, onTwo))).containsExactly(segment(1, 3), segment(1, 5), segment(2, 5));
    }

    @Test
    void keepsAllWalWhileARunningBackupHasNotSaidWhereItBegins() {
        assertThat(plan(first, wal(1, 1, 3), first, backup(2, BackupStatus.STARTED))
                        .wal())
                .isEmpty();
    }

    @Test
    void keepsWalOfBackupsThatWaitAndForgetsFailedOnes() {
        Backup failed = backup(2, BackupStatus.FAILED, 1, 4, 4);
        Backup waiting = backup(3, BackupStatus.WAITING_FOR_WALS, 1, 5, 6);

        assertThat(names(plan(first, wal(1, 3, 4, 5), first, failed, waiting)))
                .containsExactly(segment(1, 3), segment(1, 4));
    }

    @Test
    void takesTheEarliestBeginOfTheTimelineThatGoesOn() {
        Backup fromStandby = backup(3, BackupStatus.DONE, 1, 5, 9);

        assertThat(names(plan(first, wal(1, 4, 5, 6), first, second, fromStandby)))
                .containsExactly(segment(1, 4));
    }

    @Test
    void removesDependentsBeforeTheFullTheyNeed() {
        Backup child = Fixtures.childOf(second, first.id());
        Backup grandchild = Fixtures.childOf(third, second.id());

        assertThat(plan(first, List.of(), first, child, grandchild).backups())
                .containsExactly(grandchild, child, first);
    }

    @Test
    void removesNothingOfTheArchiveWithABackupThatNeverBegan() {
        assertThat(plan(backup(1, BackupStatus.FAILED), wal(1, 1), backup(1, BackupStatus.FAILED))
                        .wal())
                .isEmpty();
    }

    @Test
    void refusesToGoBelowTheMinimumRedundancy() {
        Backup child = Fixtures.childOf(second, first.id());
        var planner = new DeletionPlanner("main", List.of(first, child), List::of, 1);

        assertThatThrownBy(() -> planner.plan(first))
                .hasMessage(
                        "MATR-4006: unable to delete backup '20261101T030000': server 'main' has 1 whole backups, "
                                + "minimum_redundancy is 1%nHINT: take another backup first, or lower 'minimum_redundancy' in "
                                + "etc/org.matriarch.server-main.cfg.",
                        new Object[0]);
        assertThat(planner.plan(child).backups()).containsExactly(child);
        assertThat(planner.resume(first, false).backups()).containsExactly(child, first);
    }

    @Test
    void refusesABackupThatIsKept() {
        for (var keep : List.of(RetentionStatus.KEEP_FULL, RetentionStatus.KEEP_STANDALONE)) {
            Backup kept = Fixtures.kept(first, keep);
            assertThatThrownBy(() -> plan(kept, List.of(), kept))
                    .hasMessageStartingWith("MATR-4004: unable to delete backup '20261101T030000': it is kept (%s)"
                            .formatted(keep.label()));
        }
    }

    private static DeletionPlan plan(Backup root, List<WalEntry> wal, Backup... backups) {
        return new DeletionPlanner("main", List.of(backups), () -> wal, 0).plan(root);
    }

    private static List<WalEntry> wal(int timeline, int... numbers) {
        return entries(
                Arrays.stream(numbers).mapToObj(n -> segment(timeline, n)).toArray(String[]::new));
    }

    private static List<WalEntry> entries(String... names) {
        return Arrays.stream(names)
                .map(name -> new WalEntry(new WalFileName(name), 16, Instant.EPOCH, Optional.empty()))
                .toList();
    }

    private static List<String> names(DeletionPlan plan) {
        return plan.wal().stream().map(WalFileName::value).toList();
    }
}
