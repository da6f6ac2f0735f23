package org.matriarch.core.repository.internal;

import java.util.concurrent.atomic.AtomicLong;

/** How much memory all spools together may take. Thread-safe. */
final class MemoryBudget {

    private static final long SHARED_BYTES = 64L << 20;

    /** Of all spools of this container; a small heap is not given away for it. */
    static final MemoryBudget SHARED =
            new MemoryBudget(Math.min(SHARED_BYTES, Runtime.getRuntime().maxMemory() / 4));

    private final AtomicLong free;

    MemoryBudget(long bytes) {
        this.free = new AtomicLong(bytes);
    }

    /** Takes so much, or nothing if so much is not left. */
    boolean tryTake(long bytes) {
        long left = free.addAndGet(-bytes);
        if (left < 0) {
            free.addAndGet(bytes);
            return false;
        }
        return true;
    }

    void giveBack(long bytes) {
        free.addAndGet(bytes);
    }
}
