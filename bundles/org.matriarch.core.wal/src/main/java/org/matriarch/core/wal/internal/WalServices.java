package org.matriarch.core.wal.internal;

import java.time.Clock;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.repository.Repositories;

/** What every part of the way of a WAL needs from the rest of the product, and what they share. */
record WalServices(
        PostgresConnections connections,
        Repositories repositories,
        Events events,
        Hooks hooks,
        Clock clock,
        WalDisk disk,
        NameLocks locks,
        SegmentSizes segmentSizes,
        IncomingWatch watch) {

    WalServices(
            PostgresConnections connections,
            Repositories repositories,
            Events events,
            Hooks hooks,
            Clock clock,
            WalDisk disk) {
        this(
                connections,
                repositories,
                events,
                hooks,
                clock,
                disk,
                new NameLocks(),
                new SegmentSizes(),
                new IncomingWatch());
    }

    void publish(Event.Type type, String server, String subject, String message) {
        events.publish(new Event(clock.instant(), type, server, subject, message));
    }
}
