package org.matriarch.http.internal.command;

import org.jspecify.annotations.Nullable;

/** Interrupts the thread that runs a command, while it does and never afterwards. Thread-safe. */
public final class Interruption {

    private @Nullable Thread thread;
    private boolean requested;

    /** The command begins on this thread; if it was cancelled before, it begins interrupted. */
    public synchronized void begin() {
        thread = Thread.currentThread();
        if (requested) {
            thread.interrupt();
        }
    }

    /** The command has ended on this thread, which is left without the interrupt flag for whoever has it next. */
    public synchronized void end() {
        thread = null;
        Thread.interrupted();
    }

    /** Asks the command to stop. A second request interrupts again: the first may have been spent on tidying up. */
    public synchronized void request() {
        requested = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** Returns whether somebody asked the command to stop. */
    public synchronized boolean isRequested() {
        return requested;
    }
}
