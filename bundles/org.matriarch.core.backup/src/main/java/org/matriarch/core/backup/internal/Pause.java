package org.matriarch.core.backup.internal;

import java.time.Duration;

/** Lets time pass between two looks at something; tests let it pass faster. */
@FunctionalInterface
interface Pause {

    /** Sleeps. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis());

    /** Returns after about {@code duration}. */
    void pause(Duration duration) throws InterruptedException;
}
