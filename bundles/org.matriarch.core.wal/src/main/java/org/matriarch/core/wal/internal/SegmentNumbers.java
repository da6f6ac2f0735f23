package org.matriarch.core.wal.internal;

import java.util.ArrayList;
import java.util.List;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.WalListing.Gap;

/** Counts segments from the beginning of WAL, since names leave out numbers where a log ends. */
final class SegmentNumbers {

    private final long segmentSizeBytes;
    private final long segmentsPerLog;

    SegmentNumbers(long segmentSizeBytes) {
        this.segmentSizeBytes = segmentSizeBytes;
        this.segmentsPerLog = 0x1_0000_0000L / segmentSizeBytes;
    }

    /** Returns the number of a segment, or of the one that a name belongs to. */
    long of(WalFileName name) {
        String text = name.value();
        return Long.parseLong(text, 8, 16, 16) * segmentsPerLog + Long.parseLong(text, 16, 24, 16);
    }

    WalFileName name(int timeline, long number) {
        return WalFileName.ofSegment(timeline, new Lsn(number * segmentSizeBytes), segmentSizeBytes);
    }

    /** Returns the runs of segments that are missing between entries of one timeline, given in the order of names. */
    List<Gap> gaps(List<WalEntry> entries) {
        List<Gap> gaps = new ArrayList<>();
        int timeline = 0;
        long expected = 0;
        for (WalEntry entry : entries) {
            if (entry.name().value().length() != 24) {
                continue;
            }
            long number = of(entry.name());
            int own = entry.name().timeline();
            if (own == timeline && number > expected) {
                gaps.add(new Gap(name(own, expected), name(own, number - 1), number - expected));
            }
            timeline = own;
            expected = number + 1;
        }
        return List.copyOf(gaps);
    }
}
