package org.matriarch.testkit.standin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes a stand-in break at chosen steps, as disks and networks do. Thread-safe. */
public final class Faults {

    private final Map<String, RuntimeException> armed = new ConcurrentHashMap<>();

    /** Lets the next call of {@code step} throw. */
    public void arm(String step, RuntimeException failure) {
        armed.put(step, failure);
    }

    void reach(String step) {
        RuntimeException failure = armed.remove(step);
        if (failure != null) {
            throw failure;
        }
    }
}
