package org.matriarch.core.wal.internal;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.CountDownLatch;

/**
 * System calls that do not return, on a disk that does not answer. As a file channel does, they take no notice of an
 * interruption, and keep whoever interrupts until they return; then they fail.
 */
final class StalledCalls {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);

    /** A channel for one call. */
    private final class Channel extends AbstractInterruptibleChannel {

        void call() throws AsynchronousCloseException {
            begin();
            try {
                awaitAnswer();
            } finally {
                end(true);
            }
        }

        @Override
        protected void implCloseChannel() {
            awaitAnswer();
        }
    }

    /** Hangs until the disk answers. */
    @SuppressWarnings("resource") // it is closed by an interruption, or not at all
    void call() throws AsynchronousCloseException {
        begun.countDown();
        new Channel().call();
    }

    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    void answer() {
        answered.countDown();
    }

    private void awaitAnswer() {
        boolean interrupted = false;
        while (answered.getCount() > 0) {
            try {
                answered.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
