package org.matriarch.testkit.repository;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Makes a stand-in break at chosen steps, as disks and networks do. Thread-safe. */
public final class Faults {

    private final Map<String, RuntimeException> armed = new ConcurrentHashMap<>();
    private final Map<String, RuntimeException> lasting = new ConcurrentHashMap<>();
    private final Map<String, Integer> reached = new ConcurrentHashMap<>();

    /** Lets the next call of {@code step} throw. */
    public void arm(String step, RuntimeException failure) {
        armed.put(step, failure);
    }

    /** Lets every call of {@code step} throw until {@link #heal}. */
    public void armForGood(String step, RuntimeException failure) {
        lasting.put(step, failure);
    }

    /** Lets nothing throw any more. */
    public void heal() {
        armed.clear();
        lasting.clear();
    }

    /** Returns how often a step was tried. */
    public int reached(String step) {
        return reached.getOrDefault(step, 0);
    }

    void reach(String step) {
        reached.merge(step, 1, Integer::sum);
        RuntimeException once = armed.remove(step);
        RuntimeException failure = once != null ? once : lasting.get(step);
        if (failure != null) {
            throw failure;
        }
    }
}
