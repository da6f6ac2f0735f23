package org.matriarch.core.wal.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before something is tried again: doubling from one second to a minute, a quarter of it by chance. */
final class Backoff {

    static final Duration LEAST = Duration.ofSeconds(1);
    static final Duration MOST = Duration.ofSeconds(60);

    private Duration next = LEAST;

    /** Begins again with the shortest wait. */
    void reset() {
        next = LEAST;
    }

    /** Returns how long to wait now. */
    Duration next() {
        Duration now = next;
        next = now.multipliedBy(2).compareTo(MOST) > 0 ? MOST : now.multipliedBy(2);
        return vary(now);
    }

    /** Varies a wait so that fifty receivers do not come back in the same moment. */
    static Duration vary(Duration wait) {
        long millis = wait.toMillis();
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 4 + 1));
    }
}
