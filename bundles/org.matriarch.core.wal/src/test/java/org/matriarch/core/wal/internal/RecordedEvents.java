package org.matriarch.core.wal.internal;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;

/** Remembers every event. */
final class RecordedEvents implements Events {

    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void publish(Event event) {
        events.add(event);
    }

    /** Returns the subjects of all events of a type, in order. */
    List<String> subjects(Event.Type type) {
        return events.stream()
                .filter(event -> event.type() == type)
                .map(Event::subject)
                .toList();
    }

    /** Returns all types, in order. */
    List<Event.Type> types() {
        return events.stream().map(Event::type).toList();
    }
}
