package org.matriarch.core.wal.internal;

/**
 * Interrupts threads without being held up by what they do.
 *
 * <p>{@link Thread#interrupt} closes the file channel that the thread is in, and waits until its system call has returned:
 * on a disk that does not answer, a sync does not. Measured with JDK 17.
 */
final class Interruptions {

    private Interruptions() {}

    /** Interrupts by a thread of its own, which stays as long as that takes, and returns at once. */
    static void begin(String whom, Runnable interrupting) {
        var thread = new Thread(interrupting, "matriarch-interrupt-" + whom);
        thread.setDaemon(true);
        thread.start();
    }
}
