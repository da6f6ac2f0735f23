package org.matriarch.api.wal;

import org.osgi.annotation.versioning.ProviderType;

/** Counts what waits. Thread-safe. */
@ProviderType
public interface WalQueues {

    /**
     * Returns the lengths of a server's queues, as its directories have them now.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}; {@code STORE_FAILED} if a directory cannot be
     *     listed
     */
    WalQueue queue(String server);
}
