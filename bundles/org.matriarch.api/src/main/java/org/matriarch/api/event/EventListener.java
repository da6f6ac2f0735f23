package org.matriarch.api.event;

import org.osgi.annotation.versioning.ConsumerType;

/** Wants to be told. Registered as an OSGi service; may come and go at any time. */
@ConsumerType
public interface EventListener {

    /** Takes one event. Called in order, on a thread of the event service; what it throws is logged and harms nobody. */
    void onEvent(Event event);
}
