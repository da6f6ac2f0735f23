package org.matriarch.core.wal.internal;

import org.matriarch.api.model.WalFileName;

/**
 * A file that waits to be archived.
 *
 * @param origin the directory that it waits in
 */
record Queued(WalFileName name, Origin origin) {

    /** How a file came. */
    enum Origin {
        /** Through the replication protocol, into {@code streaming/}. */
        STREAMING,
        /** Handed over to us, into {@code pushed/}. */
        PUSHED,
        /** Copied by somebody else, into {@code incoming/}. */
        INCOMING
    }
}
