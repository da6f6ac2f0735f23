package org.matriarch.core.recovery.internal;

import java.time.Duration;

/** Lets time pass before something is tried again; tests let it pass faster. */
@FunctionalInterface
interface Pause {

    /** Sleeps. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns after about {@code duration}. */
    void pause(Duration duration) throws InterruptedException;
}
