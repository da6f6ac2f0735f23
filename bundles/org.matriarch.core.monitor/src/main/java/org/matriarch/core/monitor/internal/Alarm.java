package org.matriarch.core.monitor.internal;

/** Interrupts a thread that has taken too long over a call, and never one that is through with it. */
final class Alarm implements AutoCloseable {

    private final Thread thread = Thread.currentThread();

    /** Guarded by this. */
    private boolean over;

    /** Interrupts the thread that made this, unless it has closed it. */
    synchronized void ring() {
        if (!over) {
            thread.interrupt();
        }
    }

    @Override
    public synchronized void close() {
        over = true;
    }
}
