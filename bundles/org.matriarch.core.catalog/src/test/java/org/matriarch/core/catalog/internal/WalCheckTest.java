package org.matriarch.core.catalog.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.matriarch.core.catalog.internal.Fixtures.segment;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.time.MutableClock;

final class WalCheckTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private final InMemoryRepository repository = new InMemoryRepository("main");
    private final RecordingEvents events = new RecordingEvents();
    private final MutableClock clock = new MutableClock(NOON);
    private final WalChecker checker = new WalChecker(new StatusRecorder(events, clock), clock);

    @Test
    void isDoneWhenAllSegmentsAreArchived() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 7));
        archive(1, 5, 6, 7);

        Backup checked = checker.check(repository, waiting);

        assertThat(checked.status()).isEqualTo(BackupStatus.DONE);
        assertThat(repository.backups()).containsExactly(checked);
        assertThat(events.lines())
                .containsExactly("BACKUP_DONE main 20261101T030000: backup '20261101T030000' is whole");
    }

    @Test
    void waitsForTheFirstSegmentThatIsNotThere() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 7));
        archive(1, 4, 5);

        Backup checked = checker.check(repository, waiting);

        assertThat(checked.status()).isEqualTo(BackupStatus.WAITING_FOR_WALS);
        assertThat(checked.error()).contains("WAL 000000010000000000000006 is not archived yet");
        assertThat(repository.backups()).containsExactly(waiting);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void failsWhenLaterWalPassedAMissingOne() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 7));
        archive(1, 5, 7);
        archive(2, 9);

        Backup checked = checker.check(repository, waiting);

        assertThat(checked.status()).isEqualTo(BackupStatus.FAILED);
        assertThat(checked.error()).contains("WAL 000000010000000000000006 is missing although later WAL is archived");
        assertThat(events.lines()).singleElement().asString().startsWith("BACKUP_FAILED main 20261101T030000");
    }

    @Test
    void becomesWholeWhenTheMissingSegmentTurnsUp() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 7));
        archive(1, 5, 7);
        Backup failed = checker.check(repository, waiting);
        archive(1, 6);

        assertThat(checker.check(repository, failed).status()).isEqualTo(BackupStatus.DONE);
    }

    @Test
    void failsAWholeBackupWhoseWalWasLost() {
        Backup done = add(Fixtures.backup(1, BackupStatus.DONE, 1, 5, 7));
        archive(1, 5, 6);

        Backup checked = checker.check(repository, done);

        assertThat(checked.status()).isEqualTo(BackupStatus.FAILED);
        assertThat(checked.error()).contains("WAL 000000010000000000000007 was archived and is gone");
    }

    @Test
    void leavesAloneWhatHasNoFilesOrNeedsNoChange() {
        Backup started = add(Fixtures.backup(1, BackupStatus.STARTED));
        Backup failed = add(Fixtures.backup(2, BackupStatus.FAILED).withStatus(BackupStatus.FAILED, Optional.of("x")));
        Backup ended = add(Fixtures.backup(3, BackupStatus.FAILED, 1, 1, 1)
                .withStatus(BackupStatus.FAILED, Optional.of("WAL of mine")));
        Backup done = add(Fixtures.backup(4, BackupStatus.DONE, 1, 5, 5));
        archive(1, 5);

        assertThat(checker.check(repository, started)).isSameAs(started);
        assertThat(checker.check(repository, failed)).isSameAs(failed);
        assertThat(checker.check(repository, ended)).isSameAs(ended);
        assertThat(checker.check(repository, done)).isSameAs(done);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void stillFailedWhileLateWalIsAwaited() {
        Backup failed = add(Fixtures.backup(1, BackupStatus.FAILED, 1, 5, 7)
                .withStatus(
                        BackupStatus.FAILED,
                        Optional.of("WAL 000000010000000000000005 is missing although later WAL is archived")));

        assertThat(checker.check(repository, failed)).isSameAs(failed);
    }

    @Test
    void givesOvertakenWalTimeInTheBackground() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 7));
        archive(1, 5, 7);
        assertThat(checker.checkPatiently(repository, waiting)).isSameAs(waiting);
        archive(1, 8);
        assertThat(checker.checkPatiently(repository, waiting)).isSameAs(waiting);

        clock.advance(Duration.ofSeconds(61));

        assertThat(checker.checkPatiently(repository, waiting).status()).isEqualTo(BackupStatus.FAILED);
    }

    @Test
    void readsTheHistoryOfALaterTimeline() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 2, 5, 5));
        archive(2, 5);
        assertThat(WalCheck.of(waiting, repository.wal()).status()).isEqualTo(BackupStatus.DONE);

        repository.wal().add("00000002.history", NOON, "1\t0/4000000\tx\n".getBytes(US_ASCII));

        assertThat(WalCheck.of(waiting, repository.wal()).status()).isEqualTo(BackupStatus.DONE);
    }

    @Test
    void recordsNothingWhenSomebodyElseWasFaster() {
        Backup waiting = add(Fixtures.backup(1, BackupStatus.WAITING_FOR_WALS, 1, 5, 5));
        archive(1, 5);
        Backup done = checker.check(repository, waiting);

        assertThat(checker.check(repository, waiting)).isEqualTo(done);
        repository.delete(done.id());
        assertThat(checker.check(repository, waiting)).isSameAs(waiting);
        assertThat(events.lines()).hasSize(1);
    }

    private Backup add(Backup backup) {
        repository.add(backup);
        return backup;
    }

    private void archive(int timeline, int... numbers) {
        for (int number : numbers) {
            repository.wal().add(segment(timeline, number), clock.instant(), new byte[16]);
        }
    }
}
