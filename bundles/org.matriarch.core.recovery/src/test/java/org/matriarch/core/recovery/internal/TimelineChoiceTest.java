package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.testkit.repository.InMemoryWalArchive;

final class TimelineChoiceTest {

    private final InMemoryWalArchive archive = Fixtures.archive()
            .addHistory(2, "1\t0/5000000\tno recovery target specified\n")
            .addHistory(3, "1\t0/5000000\tx\n\n2\t0/8000000\ty\n")
            .addHistory(4, "1\t0/3800000\tleft before the backup ended\n");

    @Test
    void followsTheNewestTimelineThatTheBackupLeadsTo() {
        assertThat(choose(Optional.empty()).timeline()).isEqualTo(3);
        assertThat(choose(Optional.of("latest")).timeline()).isEqualTo(3);
    }

    @Test
    void staysOnItsOwnTimelineWhenToldTo() {
        assertThat(choose(Optional.of("current"))).isEqualTo(TimelineHistory.first(1));
        assertThat(choose(Optional.of("1"))).isEqualTo(TimelineHistory.first(1));
    }

    @Test
    void staysOnItsOwnTimelineWhenThereIsNoOther() {
        TimelineHistory history = TimelineChoice.choose(Optional.empty(), Fixtures.backup(), wal(Fixtures.archive()));

        assertThat(history).isEqualTo(TimelineHistory.first(1));
    }

    @Test
    void keepsTheAncestorsOfABackupOnALaterTimeline() {
        Backup later = Fixtures.backup("20261120T110000", 2, "0/6000028", "0/6000100", Fixtures.END);

        assertThat(TimelineChoice.choose(Optional.of("current"), later, wal(archive))
                        .ancestors())
                .hasSize(1);
    }

    @Test
    void goesToANumberedTimeline() {
        assertThat(choose(Optional.of("2")).timeline()).isEqualTo(2);
    }

    @Test
    void refusesATimelineThatLeftBeforeTheBackupEnded() {
        assertThatThrownBy(() -> choose(Optional.of("4")))
                .hasMessageContaining("that timeline left timeline 1 before the backup's end");
    }

    @Test
    void refusesATimelineThatIsNotKnown() {
        assertThatThrownBy(() -> choose(Optional.of("9")))
                .hasMessageStartingWith("MATR-5003: unable to recover to timeline 9: its history is not archived");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "newest", ""})
    void refusesWhatIsNoTimeline(String word) {
        assertThatThrownBy(() -> choose(Optional.of(word)))
                .hasMessage(
                        "MATR-5002: '%s' is not a timeline%nHINT: give '--target-tli' a number from 1 up, 'current' or 'latest'."
                                .formatted(word));
    }

    @Test
    void reachesNothingFromABackupWithoutAnEnd() {
        Backup endless = Fixtures.backup().withOrigin(Fixtures.backup().source(), BackupSpan.startedAt(Fixtures.BEGIN));

        assertThat(TimelineChoice.reaches(TimelineHistory.first(1), endless)).isFalse();
    }

    private TimelineHistory choose(Optional<String> wish) {
        return TimelineChoice.choose(wish, Fixtures.backup(), wal(archive));
    }

    private static ArchivedWal wal(InMemoryWalArchive archive) {
        return new ArchivedWal(archive, Path.of("/nowhere"));
    }
}
