package org.matriarch.core.recovery.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Holds threads up so that together they move no more than so many bytes a second. Thread-safe. */
final class Throttle {

    private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private long freeAtNanos;

    /** Limits to {@code kibPerSecond}; 0 is no limit. */
    Throttle(int kibPerSecond) {
        bytesPerSecond = kibPerSecond * 1024L;
        freeAtNanos = System.nanoTime();
    }

    /** Waits until the next {@code bytes} may be moved. */
    void take(int bytes) throws InterruptedException {
        if (bytesPerSecond > 0) {
            TimeUnit.NANOSECONDS.sleep(reserve(bytes, System.nanoTime()).toNanos());
        }
    }

    /** Books the time that {@code bytes} take and returns how long to wait before moving them. */
    synchronized Duration reserve(int bytes, long nowNanos) {
        long start = Math.max(freeAtNanos, nowNanos);
        freeAtNanos = start + bytes * NANOS_PER_SECOND / bytesPerSecond;
        return Duration.ofNanos(start - nowNanos);
    }
}
