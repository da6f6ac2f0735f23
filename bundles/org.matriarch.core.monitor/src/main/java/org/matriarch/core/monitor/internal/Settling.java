package org.matriarch.core.monitor.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.matriarch.api.event.Event;

/**
 * Holds back what may be over in a moment: of a receiver that goes down, or comes back, one is told when it has stayed so
 * for a while, and of one that goes up and down all the time nothing at all. Not thread-safe.
 */
final class Settling {

    static final Duration TIME = Duration.ofSeconds(10);

    private static final Set<Event.Type> BAD = Set.of(Event.Type.RECEIVER_DOWN, Event.Type.ARCHIVER_FAILING);

    /** What goes on and off, by both of its events. */
    private static final Map<Event.Type, String> SUBJECTS = Map.of(
            Event.Type.RECEIVER_DOWN, "receiver",
            Event.Type.RECEIVER_UP, "receiver",
            Event.Type.ARCHIVER_FAILING, "archiver",
            Event.Type.ARCHIVER_RECOVERED, "archiver");

    private final Map<Key, Event.Type> told = new HashMap<>();
    private final Map<Key, Pending> pending = new HashMap<>();

    private record Key(String server, String what) {}

    private record Pending(Event event, long dueNanos) {}

    /** Returns what is to be told right away. */
    List<Event> take(Event event, long nanos) {
        String what = SUBJECTS.get(event.type());
        if (what == null) {
            return List.of(event);
        }
        var key = new Key(event.server(), what);
        if (event.type() == told.get(key)) {
            pending.remove(key); // it was something else for a moment only
            return List.of();
        }
        Pending waiting = pending.get(key);
        if (waiting == null || waiting.event().type() != event.type()) {
            pending.put(key, new Pending(event, nanos + TIME.toNanos()));
        }
        return List.of();
    }

    /** Returns what has stayed long enough to be told; troubles first. */
    List<Event> due(long nanos) {
        var due = new ArrayList<Event>();
        pending.entrySet().removeIf(entry -> {
            Pending waiting = entry.getValue();
            if (nanos - waiting.dueNanos() < 0) {
                return false;
            }
            told.put(entry.getKey(), waiting.event().type());
            due.add(BAD.contains(waiting.event().type()) ? 0 : due.size(), waiting.event());
            return true;
        });
        return List.copyOf(due);
    }
}
