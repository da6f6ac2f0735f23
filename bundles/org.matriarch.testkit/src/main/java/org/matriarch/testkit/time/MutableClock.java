package org.matriarch.testkit.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock in UTC that stands still until a test moves it. Thread-safe. */
public final class MutableClock extends Clock {

    private final Moment moment;
    private final ZoneId zone;

    /** Begins at a moment. */
    public MutableClock(Instant start) {
        this(new Moment(start), ZoneOffset.UTC);
    }

    private MutableClock(Moment moment, ZoneId zone) {
        this.moment = moment;
        this.zone = zone;
    }

    /** Moves the clock; a negative duration moves it back. */
    public void advance(Duration duration) {
        synchronized (moment) {
            moment.now = moment.now.plus(duration);
        }
    }

    /** Sets the clock. */
    public void set(Instant instant) {
        synchronized (moment) {
            moment.now = instant;
        }
    }

    @Override
    public Instant instant() {
        synchronized (moment) {
            return moment.now;
        }
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** Returns a clock of another zone that moves with this one. */
    @Override
    public Clock withZone(ZoneId zone) {
        return new MutableClock(moment, zone);
    }

    /** What clocks of several zones share; guarded by itself. */
    private static final class Moment {

        private Instant now;

        Moment(Instant now) {
            this.now = now;
        }
    }
}
