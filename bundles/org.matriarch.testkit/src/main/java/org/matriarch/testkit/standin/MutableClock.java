package org.matriarch.testkit.standin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock in UTC that stands still until it is told to go on. Thread-safe. */
public final class MutableClock extends Clock {

    private volatile Instant now;

    /** Stands at {@code now}. */
    public MutableClock(Instant now) {
        this.now = now;
    }

    /** Goes on. */
    public void advance(Duration duration) {
        now = now.plus(duration);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a test's clock is in UTC");
    }
}
