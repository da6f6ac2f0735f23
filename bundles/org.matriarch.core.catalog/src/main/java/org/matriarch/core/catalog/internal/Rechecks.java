package org.matriarch.core.catalog.internal;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.EventListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The servers whose backups are worth another look, because WAL came that one of them may be waiting for.
 *
 * <p>It knows nobody, so that the event service and the catalogue do not need each other to start. Thread-safe.
 */
@Component(service = {EventListener.class, Rechecks.class})
public final class Rechecks implements EventListener {

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Set<String> queued = ConcurrentHashMap.newKeySet();
    private final BlockingQueue<String> due = new LinkedBlockingQueue<>();

    /** Begins with nobody waiting. */
    @Activate
    public Rechecks() {
        // Everything is filled by events.
    }

    @Override
    public void onEvent(Event event) {
        if (event.type() == Event.Type.WAL_ARCHIVED && waiting.contains(event.server())) {
            request(event.server());
        }
    }

    /** Notes whether a server has backups that wait for WAL; for others no WAL file is worth a look. */
    void noteWaiting(String server, boolean hasWaiting) {
        if (hasWaiting) {
            waiting.add(server);
        } else {
            waiting.remove(server);
        }
    }

    /** Asks for a look at a server; many requests before it happens are one. */
    void request(String server) {
        if (queued.add(server)) {
            due.add(server);
        }
    }

    /** Waits for the next server to look at; empty if none came in time. */
    Optional<String> await(long millis) throws InterruptedException {
        String server = due.poll(millis, TimeUnit.MILLISECONDS);
        if (server != null) {
            queued.remove(server);
        }
        return Optional.ofNullable(server);
    }
}
