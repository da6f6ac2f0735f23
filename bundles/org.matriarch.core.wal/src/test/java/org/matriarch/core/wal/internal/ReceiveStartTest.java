package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.TimelineHistory.Ancestor;
import org.matriarch.api.model.WalFileName;

final class ReceiveStartTest {

    private static final TimelineHistory FIRST = TimelineHistory.first(1);

    /** Timeline 1 ended in segment 5, timeline 2 in segment 8. */
    private static final TimelineHistory THIRD = new TimelineHistory(
            3,
            List.of(
                    new Ancestor(1, SampleWal.lsn(5).plus(10)),
                    new Ancestor(2, SampleWal.lsn(8).plus(20))));

    private final List<WalFileName> kept = new ArrayList<>();
    private final List<WalFileName> begun = new ArrayList<>();
    private Optional<ReceiveStart> reset = Optional.empty();

    @Test
    void knowsNothingWhereNothingIs() {
        assertThat(after(FIRST)).isEmpty();
        kept.add(WalFileName.ofHistory(7));
        kept.add(SampleWal.name(9, 1));
        assertThat(after(THIRD)).isEmpty();
    }

    @Test
    void goesOnBehindTheNewestSegment() {
        keep(1, 3);
        keep(1, 4);

        assertThat(after(FIRST)).contains(start(1, 5));
    }

    @Test
    void beginsThePartialSegmentAgain() {
        keep(1, 3);
        begin(1, 4);
        begin(1, 5);

        assertThat(after(FIRST)).contains(start(1, 4));
    }

    @Test
    void completesASegmentThatAnotherChannelLeftOut() {
        begin(1, 3);
        keep(1, 4);

        assertThat(after(FIRST)).contains(start(1, 3));
    }

    @Test
    void passesOverPartialSegmentsThatAreArchivedWhole() {
        begin(1, 3);
        keep(1, 3);

        assertThat(after(FIRST)).contains(start(1, 4));
    }

    @Test
    void goesWhereAnOperatorMovedIt() {
        keep(1, 3);
        begin(1, 4);
        reset = Optional.of(start(1, 9));

        assertThat(after(FIRST)).contains(start(1, 9));
        keep(1, 9);
        assertThat(after(FIRST)).contains(start(1, 10));
        reset = Optional.of(start(2, 9));
        assertThat(after(FIRST)).contains(start(1, 4));
    }

    @Test
    void endsTheOldTimelineFirst() {
        keep(1, 3);

        assertThat(after(THIRD)).contains(start(1, 4));
        keep(1, 4);
        assertThat(after(THIRD)).contains(start(1, 5));
        begin(1, 5);
        assertThat(after(THIRD)).contains(start(1, 5));
    }

    @Test
    void goesToTheNextTimelineWhenTheOldOneIsComplete() {
        keep(1, 4);
        kept.add(SampleWal.name(1, 5).partial());

        assertThat(after(THIRD)).contains(start(2, 5));
        keep(2, 7);
        assertThat(after(THIRD)).contains(start(2, 8));
        keep(2, 8);
        assertThat(after(THIRD)).contains(start(3, 8));
        keep(3, 8);
        assertThat(after(THIRD)).contains(start(3, 9));
    }

    @Test
    void leavesAsideWhatTheOldPrimaryWroteAfterTheSwitch() {
        keep(1, 5);
        keep(1, 6);

        assertThat(after(THIRD)).contains(start(2, 5));
    }

    private void keep(int timeline, long segment) {
        kept.add(SampleWal.name(timeline, segment));
    }

    private void begin(int timeline, long segment) {
        begun.add(SampleWal.name(timeline, segment).partial());
    }

    private static ReceiveStart start(int timeline, long segment) {
        return new ReceiveStart(timeline, SampleWal.lsn(segment));
    }

    private Optional<ReceiveStart> after(TimelineHistory lineage) {
        return ReceiveStart.after(lineage, new ReceiveStart.Holdings(kept, begun, reset), SampleWal.SEGMENT);
    }
}
