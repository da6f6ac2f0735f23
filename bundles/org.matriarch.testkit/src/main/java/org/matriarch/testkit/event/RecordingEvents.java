package org.matriarch.testkit.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;

/** Remembers what was published, in order. Thread-safe. */
public final class RecordingEvents implements Events {

    private final List<Event> published = new CopyOnWriteArrayList<>();

    @Override
    public void publish(Event event) {
        published.add(event);
    }

    /** Returns all events so far. */
    public List<Event> events() {
        return List.copyOf(published);
    }

    /** Returns the events of one type so far. */
    public List<Event> events(Event.Type type) {
        return published.stream().filter(event -> event.type() == type).toList();
    }

    /** Returns the subjects of the events of one type so far. */
    public List<String> subjects(Event.Type type) {
        return events(type).stream().map(Event::subject).toList();
    }

    /** Returns all events so far, as lines of type, server, subject and message. */
    public List<String> lines() {
        return published.stream()
                .map(event -> "%s %s %s: %s".formatted(event.type(), event.server(), event.subject(), event.message()))
                .toList();
    }

    /** Forgets. */
    public void clear() {
        published.clear();
    }
}
