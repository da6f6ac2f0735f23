package org.matriarch.api.event;

import org.osgi.annotation.versioning.ProviderType;

/** Takes what happened, writes it to the log and tells the listeners. Thread-safe; never blocks on a listener. */
@ProviderType
public interface Events {

    /** Makes an event known. */
    void publish(Event event);
}
