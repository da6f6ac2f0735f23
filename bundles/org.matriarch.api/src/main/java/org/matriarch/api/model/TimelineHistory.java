package org.matriarch.api.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The ancestors of a timeline and where each ended, oldest first.
 *
 * <p>Source: PostgreSQL manual, "Timelines", and {@code timeline.c}: one line per ancestor, "tli TAB switchpoint TAB
 * reason"; blank lines and lines that begin with '#' are comments.
 */
public record TimelineHistory(int timeline, List<Ancestor> ancestors) {

    /** An earlier timeline, and the position at which the next one branched off it. */
    public record Ancestor(int timeline, Lsn end) {}

    /** Keeps its own copy of the ancestors. */
    public TimelineHistory {
        ancestors = List.copyOf(ancestors);
    }

    /** Returns the history of a timeline that has no ancestor. */
    public static TimelineHistory first(int timeline) {
        return new TimelineHistory(timeline, List.of());
    }

    /**
     * Reads the content of a history file.
     *
     * @throws IllegalArgumentException if a line is not one of a history file, naming it
     */
    public static TimelineHistory parse(int timeline, String content) {
        var ancestors = new ArrayList<Ancestor>();
        for (String line : content.split("\n", -1)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String[] fields = text.split("\\s+", 3);
            if (fields.length < 2 || !fields[0].matches("\\d{1,10}")) {
                throw new IllegalArgumentException(
                        "'%s' is not a line of the history of timeline %d".formatted(text, timeline));
            }
            ancestors.add(new Ancestor(Integer.parseUnsignedInt(fields[0]), Lsn.parse(fields[1])));
        }
        return new TimelineHistory(timeline, ancestors);
    }

    /** Returns the timeline that wrote the WAL at {@code position} in this history. */
    public int timelineAt(Lsn position) {
        for (Ancestor ancestor : ancestors) {
            if (position.isBefore(ancestor.end())) {
                return ancestor.timeline();
            }
        }
        return timeline;
    }

    /** Returns whether this timeline is {@code other} or descends from it after {@code position}. */
    public boolean contains(int other, Lsn position) {
        if (other == timeline) {
            return true;
        }
        for (Ancestor ancestor : ancestors) {
            if (ancestor.timeline() == other) {
                return !ancestor.end().isBefore(position);
            }
        }
        return false;
    }
}
