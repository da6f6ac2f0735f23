package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.testkit.repository.InMemoryWalArchive;

final class WalNeedsTest {

    private static final String A3 = "000000010000000000000003";
    private static final String A4 = "000000010000000000000004";
    private static final String A5 = "000000010000000000000005";
    private static final String A6 = "000000010000000000000006";
    private static final String B5 = "000000020000000000000005";
    private static final String B6 = "000000020000000000000006";
    private static final RecoveryTarget LATEST = new RecoveryTarget.Latest();
    private static final RecoveryTarget IMMEDIATE = new RecoveryTarget.Immediate();

    @TempDir
    Path streaming;

    @Test
    void readsOnlyTheBackupsSpanForAnImmediateTarget() {
        assertThat(names(Fixtures.archive(A3, A4, A5), IMMEDIATE)).containsExactly(A3, A4);
    }

    @Test
    void readsEverythingForTheLatest() {
        assertThat(names(Fixtures.archive(A3, A4, A5, A6), LATEST)).containsExactly(A3, A4, A5, A6);
    }

    @Test
    void readsUpToTheSegmentOfAPosition() {
        var target = new RecoveryTarget.Position(Lsn.parse("0/5000000"));

        assertThat(names(Fixtures.archive(A3, A4, A5, A6), target)).containsExactly(A3, A4, A5);
    }

    @Test
    void readsTheBackupsSpanEvenIfAPositionLiesWithin() {
        var target = new RecoveryTarget.Position(Lsn.parse("0/4000100"));

        assertThat(names(Fixtures.archive(A3, A4, A5), target)).containsExactly(A3, A4);
    }

    @Test
    void takesWhatTheReceiverHoldsAfterTheArchive() throws IOException {
        Files.createFile(streaming.resolve(A5));
        Files.createFile(streaming.resolve(A6 + ".partial"));

        assertThat(names(Fixtures.archive(A3, A4), LATEST)).containsExactly(A3, A4, A5, A6 + ".partial");
    }

    @Test
    void followsASwitchOfTimelines() {
        TimelineHistory history = TimelineHistory.parse(2, "1\t0/5000100\tx\n");

        List<String> names = names(Fixtures.archive(A3, A4, A5, B5, B6), LATEST, history);

        assertThat(names).containsExactly(A3, A4, B5, B6);
    }

    @Test
    void endsATimelineThatWasLeftWithItsPartialSegment() {
        assertThat(names(Fixtures.archive(A3, A4, A5 + ".partial", B5, B6), LATEST))
                .containsExactly(A3, A4, A5 + ".partial");
    }

    @Test
    void refusesABackupWhoseOwnWalIsMissing() {
        assertThatThrownBy(() -> names(Fixtures.archive(A3), IMMEDIATE))
                .hasMessageStartingWith(
                        "MATR-3001: unable to recover backup '20261120T100000' to its end: WAL '%s' is not archived"
                                .formatted(A4));
    }

    @Test
    void refusesAPositionBeyondTheArchive() {
        var target = new RecoveryTarget.Position(Lsn.parse("0/6000000"));

        assertThatThrownBy(() -> names(Fixtures.archive(A3, A4, A5), target))
                .hasMessageContaining("to position '0/6000000': WAL '%s' is not archived".formatted(A6));
    }

    @Test
    void refusesAGapBeforeTheTarget() {
        var time = new RecoveryTarget.Time(Instant.EPOCH);

        assertThatThrownBy(() -> names(Fixtures.archive(A3, A4, A6), time))
                .hasMessageContaining("to the chosen target: WAL '%s' is not archived".formatted(A5));
    }

    @Test
    void refusesASegmentInBetweenThatIsPartial() {
        assertThatThrownBy(() -> names(Fixtures.archive(A3, A4, A5 + ".partial", A6), LATEST))
                .hasMessageContaining("WAL '%s' is not archived".formatted(A5));
        assertThatThrownBy(() -> names(Fixtures.archive(A3 + ".partial", A4), IMMEDIATE))
                .hasMessageContaining("WAL '%s' is not archived".formatted(A3));
    }

    private List<String> names(InMemoryWalArchive archive, RecoveryTarget target) {
        return names(archive, target, TimelineHistory.first(1));
    }

    private List<String> names(InMemoryWalArchive archive, RecoveryTarget target, TimelineHistory history) {
        var wal = new ArchivedWal(archive, streaming);
        return new WalNeeds(Fixtures.backup(), history, wal)
                .files(target).stream().map(WalFileName::value).toList();
    }
}
