package org.matriarch.transport.ssh.internal;

import java.util.concurrent.TimeUnit;

/** Keeps several threads together below a rate, by letting each wait for its turn. */
final class Throttle {

    private static final long KIB = 1024;
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int maxRateKib;
    /** When what was asked for so far may have passed, in the system's nanoseconds; guarded by this. */
    private long free;

    /** A limit in KiB per second; 0 for none. */
    Throttle(int maxRateKib) {
        this.maxRateKib = maxRateKib;
        this.free = System.nanoTime();
    }

    /** Waits until so many bytes may pass. */
    void await(int bytes) throws InterruptedException {
        if (maxRateKib > 0) {
            TimeUnit.NANOSECONDS.sleep(pause(bytes));
        }
    }

    private synchronized long pause(int bytes) {
        long now = System.nanoTime();
        long begin = Math.max(free - now, 0) + now; // idle time is not saved up
        free = begin + bytes * NANOS / (maxRateKib * KIB);
        return begin - now;
    }
}
