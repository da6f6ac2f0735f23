package org.matriarch.core.job.internal;

import java.util.IdentityHashMap;
import java.util.List;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.EventListener;
import org.matriarch.api.event.Events;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes each event to the log, then hands it to every listener that is there. */
@Component(service = Events.class, immediate = true)
public final class LoggedEvents implements Events {

    private static final Logger LOG = LoggerFactory.getLogger(LoggedEvents.class);

    private static final int QUEUE_CAPACITY = 1000;

    private final int capacity;

    /** Guarded by itself. */
    private final IdentityHashMap<EventListener, EventDelivery> deliveries = new IdentityHashMap<>();

    /** Begins without listeners. */
    @Activate
    public LoggedEvents() {
        this(QUEUE_CAPACITY);
    }

    LoggedEvents(int capacity) {
        this.capacity = capacity;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(EventListener listener) {
        EventDelivery delivery = new EventDelivery(listener, capacity);
        synchronized (deliveries) {
            deliveries.put(listener, delivery);
        }
        delivery.start();
    }

    void removeListener(EventListener listener) {
        EventDelivery delivery;
        synchronized (deliveries) {
            delivery = deliveries.remove(listener);
        }
        if (delivery != null) {
            delivery.stop();
        }
    }

    @Deactivate
    void deactivate() {
        List<EventDelivery> left;
        synchronized (deliveries) {
            left = List.copyOf(deliveries.values());
            deliveries.clear();
        }
        left.forEach(EventDelivery::stop);
    }

    @Override
    public void publish(Event event) {
        LOG.atLevel(level(event.type()))
                .log("{} of '{}' {}: {}", event.type(), event.server(), event.subject(), event.message());
        synchronized (deliveries) {
            deliveries.values().forEach(delivery -> delivery.offer(event));
        }
    }

    static Level level(Event.Type type) {
        return switch (type.severity()) {
            case ROUTINE -> Level.DEBUG;
            case NEWS -> Level.INFO;
            case TROUBLE -> Level.WARN;
        };
    }
}
