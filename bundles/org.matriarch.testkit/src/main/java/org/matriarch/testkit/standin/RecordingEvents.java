package org.matriarch.testkit.standin;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;

/** Keeps what was published. Thread-safe. */
public final class RecordingEvents implements Events {

    private final List<Event> events = new CopyOnWriteArrayList<>();

    @Override
    public void publish(Event event) {
        events.add(event);
    }

    /** Returns what was published, as lines of type, server, subject and message. */
    public List<String> lines() {
        return events.stream()
                .map(event -> "%s %s %s: %s".formatted(event.type(), event.server(), event.subject(), event.message()))
                .toList();
    }
}
