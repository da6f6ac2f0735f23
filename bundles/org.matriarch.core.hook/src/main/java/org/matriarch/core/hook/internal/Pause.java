package org.matriarch.core.hook.internal;

import java.time.Duration;

/** Lets time pass between two tries of something; tests let it pass faster. */
@FunctionalInterface
interface Pause {

    /** Sleeps. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns after about {@code duration}. */
    void pause(Duration duration) throws InterruptedException;
}
