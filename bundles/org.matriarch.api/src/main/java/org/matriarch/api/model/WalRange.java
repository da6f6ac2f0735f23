package org.matriarch.api.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The segments that recovery reads from one position to another along a timeline's history.
 *
 * @param to the position that must be reached; the segment that holds the byte before it is the last
 */
public record WalRange(TimelineHistory history, Lsn from, Lsn to, long segmentSizeBytes) {

    /** Returns the names in the order recovery reads them; a segment of a switch counts for the newer timeline. */
    public List<WalFileName> segments() {
        var names = new ArrayList<WalFileName>();
        for (Lsn start = from.segmentStart(segmentSizeBytes);
                start.isBefore(to);
                start = start.plus(segmentSizeBytes)) {
            Lsn last = start.plus(segmentSizeBytes - 1);
            Lsn wanted = last.isBefore(to) ? last : to.plus(-1);
            names.add(WalFileName.ofSegment(history.timelineAt(wanted), start, segmentSizeBytes));
        }
        return List.copyOf(names);
    }
}
