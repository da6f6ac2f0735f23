package org.matriarch.core.wal.internal;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.TimelineHistory.Ancestor;
import org.matriarch.api.model.WalFileName;

/**
 * Where a receiver begins to receive.
 *
 * @param position the start of a segment
 */
record ReceiveStart(int timeline, Lsn position) {

    /**
     * What is there already.
     *
     * @param kept names of the archive and of the receiver's directory, without the segments still being received
     * @param begun segments of the receiver's directory that are incomplete
     * @param reset where an operator moved the receiver to; what lies before it is given up
     */
    record Holdings(Collection<WalFileName> kept, Collection<WalFileName> begun, Optional<ReceiveStart> reset) {}

    /**
     * Returns where to go on so that no WAL is left out: behind the newest segment that is there on the server's timeline
     * or, if there is none, on the nearest of its ancestors. Empty if nothing is there on any.
     */
    static Optional<ReceiveStart> after(TimelineHistory lineage, Holdings holdings, long segmentSizeBytes) {
        Optional<ReceiveStart> own = on(lineage.timeline(), Optional.empty(), holdings, segmentSizeBytes);
        if (own.isPresent()) {
            return own;
        }
        List<Ancestor> ancestors = lineage.ancestors();
        for (int i = ancestors.size() - 1; i >= 0; i--) {
            Ancestor ancestor = ancestors.get(i);
            Optional<ReceiveStart> place =
                    on(ancestor.timeline(), Optional.of(ancestor.end()), holdings, segmentSizeBytes);
            if (place.isPresent()) {
                int next = i + 1 < ancestors.size() ? ancestors.get(i + 1).timeline() : lineage.timeline();
                Lsn branch = ancestor.end().segmentStart(segmentSizeBytes);
                return isComplete(place.get(), ancestor, holdings, segmentSizeBytes)
                        ? Optional.of(new ReceiveStart(next, branch))
                        : place;
            }
        }
        return Optional.empty();
    }

    /** Returns whether nothing of an ancestor is left to be received: its last piece is archived, or there is none. */
    private static boolean isComplete(ReceiveStart place, Ancestor ancestor, Holdings holdings, long segmentSizeBytes) {
        if (!place.position().isBefore(ancestor.end())) {
            return true;
        }
        WalFileName last = WalFileName.ofSegment(ancestor.timeline(), ancestor.end(), segmentSizeBytes);
        return place.position().equals(last.startLsn(segmentSizeBytes))
                && holdings.kept().contains(last.partial());
    }

    private static Optional<ReceiveStart> on(
            int timeline, Optional<Lsn> end, Holdings holdings, long segmentSizeBytes) {
        Lsn least = holdings.reset()
                .filter(reset -> reset.timeline() == timeline)
                .map(ReceiveStart::position)
                .orElse(Lsn.ZERO);
        Set<WalFileName> whole = new HashSet<>();
        Lsn next = least;
        for (WalFileName name : holdings.kept()) {
            if (name.timeline() == timeline && name.isSegment() && startsBefore(name, end, segmentSizeBytes)) {
                whole.add(name);
                next = later(next, name.endLsn(segmentSizeBytes));
            }
        }
        Lsn bound = least;
        Optional<Lsn> begun = holdings.begun().stream()
                .filter(name -> name.timeline() == timeline && startsBefore(name, end, segmentSizeBytes))
                .filter(name -> !whole.contains(name.segment()))
                .map(name -> name.startLsn(segmentSizeBytes))
                .filter(start -> !start.isBefore(bound))
                .min(Lsn::compareTo);
        if (begun.isPresent()) {
            return begun.map(start -> new ReceiveStart(timeline, start));
        }
        return next.equals(Lsn.ZERO) ? Optional.empty() : Optional.of(new ReceiveStart(timeline, next));
    }

    private static boolean startsBefore(WalFileName name, Optional<Lsn> end, long segmentSizeBytes) {
        return end.isEmpty() || name.startLsn(segmentSizeBytes).isBefore(end.get());
    }

    private static Lsn later(Lsn a, Lsn b) {
        return a.isBefore(b) ? b : a;
    }
}
