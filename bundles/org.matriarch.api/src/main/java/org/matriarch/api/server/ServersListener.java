package org.matriarch.api.server;

import org.osgi.annotation.versioning.ConsumerType;

/** Wants to know when a server's configuration in force changes. Registered as an OSGi service. */
@ConsumerType
public interface ServersListener {

    /**
     * A server came, changed or went; {@link Servers} already answers accordingly. Called for every known server when
     * the listener is registered. Calls come one at a time and must return soon.
     */
    void serverChanged(String name);
}
