package org.matriarch.spi.notify;

import org.matriarch.api.event.Event;

/**
 * Something that somebody outside may want to know.
 *
 * @param attempt 1 at first; a repetition, to be told apart by a channel that has taken it all the same, counts up
 */
public record Notification(Event event, int attempt) {

    /** Refuses an attempt before the first. */
    public Notification {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt %d is before the first".formatted(attempt));
        }
    }
}
