package org.matriarch.api.server;

import org.osgi.annotation.versioning.ProviderType;

/** Tells how servers stand. Thread-safe. */
@ProviderType
public interface ServerStatuses {

    /** Returns how a server stands; an unreachable one is described as far as it can be. */
    ServerStatus status(String server);
}
