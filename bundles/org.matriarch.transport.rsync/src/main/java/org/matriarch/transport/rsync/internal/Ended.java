package org.matriarch.transport.rsync.internal;

import java.util.List;

/**
 * How a program ended.
 *
 * @param complaints what it wrote to its standard error; of very much only the beginning and the end
 */
record Ended(int code, List<String> complaints) {

    /** Some files vanished before they could be copied. Source: rsync(1), "EXIT VALUES". */
    private static final int VANISHED = 24;

    /** Some files could not be copied, or not wholly. */
    static final int PARTIAL = 23;

    Ended {
        complaints = List.copyOf(complaints);
    }

    /** Returns whether rsync did what it was asked for, as far as there was something. */
    boolean good() {
        return code == 0 || code == VANISHED;
    }

    /** Returns whether there is a complaint that contains one of these words. */
    boolean says(String... words) {
        return complaints.stream().anyMatch(line -> List.of(words).stream().anyMatch(line::contains));
    }
}
