package org.matriarch.transport.streaming.internal;

import java.time.Instant;

/**
 * What the header of a tar archive says of one member.
 *
 * @param name as it stands in the archive, with the prefix
 * @param sizeBytes number of content bytes that follow; 0 but for a file
 */
record TarEntry(String name, Kind kind, long sizeBytes, int mode, Instant modified) {

    /** The kinds of members that PostgreSQL writes. */
    enum Kind {
        /** Has content. */
        FILE,
        /** Has none. */
        DIRECTORY,
        /** Stands for a tablespace. */
        SYMBOLIC_LINK
    }
}
