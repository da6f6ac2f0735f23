package org.matriarch.api.postgres;

import org.osgi.annotation.versioning.ProviderType;

/** Tells who receives the WAL of a server. Thread-safe. */
@ProviderType
public interface Replication {

    /**
     * Asks a server for its streaming clients.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}, {@code POSTGRES_UNREACHABLE}, {@code
     *     POSTGRES_AUTHENTICATION} or {@code POSTGRES_ERROR}
     */
    ReplicationStatus status(String server);
}
