package org.matriarch.api.repository;

import org.matriarch.api.server.ServerConfiguration;
import org.osgi.annotation.versioning.ProviderType;

/** Finds the repository of a server. Thread-safe. */
@ProviderType
public interface Repositories {

    /**
     * Returns the repository of a server, for immediate use.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code STORE_MISSING} if its store is not installed now
     */
    Repository repository(ServerConfiguration server);
}
