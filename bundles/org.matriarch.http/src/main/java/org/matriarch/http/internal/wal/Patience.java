package org.matriarch.http.internal.wal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Lets no client hold a thread of the door by sending or reading too slowly.
 *
 * <p>Its socket belongs to an interruptible channel: interrupting the thread that waits for it closes it. Only the waiting
 * is bounded. What the container itself does with a file takes as long as it takes, and is not interrupted.
 */
final class Patience {

    /** Slower than this, on average and after a while, is not a network but an attempt to keep the door busy. */
    private static final long LEAST_BYTES_PER_SECOND = 16 * 1024;

    private static final ThreadLocal<Turn> CURRENT = new ThreadLocal<>();

    private final long limitNanos;
    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();

    /** Waits so long for the next byte. */
    Patience(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    /** Returns an executor whose tasks are under watch from their start, when they read what a client asks for. */
    Executor around(Executor threads) {
        return task -> threads.execute(() -> {
            var turn = new Turn(Thread.currentThread(), limitNanos);
            turns.add(turn);
            CURRENT.set(turn);
            turn.begin();
            try {
                task.run();
            } finally {
                turns.remove(turn);
                turn.end();
                CURRENT.remove();
            }
        });
    }

    /** Says that this thread's request has been read up to its body. */
    void requestRead() {
        CURRENT.get().end();
    }

    /** Returns a stream that is under watch while this thread reads from it. */
    InputStream watch(InputStream body) {
        return new WatchedInput(body, CURRENT.get());
    }

    /** Returns a stream that is under watch while this thread writes to it. */
    OutputStream watch(OutputStream body) {
        return new WatchedOutput(body, CURRENT.get());
    }

    /** Interrupts whoever has waited too long. To be called every now and then. */
    void look() {
        long now = System.nanoTime();
        turns.forEach(turn -> turn.giveUpIfOverdue(now));
    }

    private static final class Turn {

        private final Thread thread;
        private final long limitNanos;
        private long sinceNanos;
        private long waitedNanos;
        private long bytes;
        private boolean waiting;
        private boolean givenUp;

        Turn(Thread thread, long limitNanos) {
            this.thread = thread;
            this.limitNanos = limitNanos;
        }

        synchronized void begin() {
            sinceNanos = System.nanoTime();
            waiting = true;
        }

        synchronized void end() {
            if (waiting) {
                waiting = false;
                waitedNanos += System.nanoTime() - sinceNanos;
            }
            if (givenUp) {
                Thread.interrupted(); // The interrupt was for the waiting, which is over.
            }
        }

        synchronized void transferred(long count) {
            bytes += count;
        }

        synchronized void giveUpIfOverdue(long now) {
            if (!waiting || givenUp) {
                return;
            }
            long waitsNow = now - sinceNanos;
            long allowedInAll = limitNanos * 2 + bytes * (1_000_000_000L / LEAST_BYTES_PER_SECOND);
            if (waitsNow > limitNanos || waitedNanos + waitsNow > allowedInAll) {
                givenUp = true;
                thread.interrupt();
            }
        }
    }

    private static final class WatchedInput extends InputStream {

        private final InputStream body;
        private final Turn turn;

        WatchedInput(InputStream body, Turn turn) {
            this.body = body;
            this.turn = turn;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            turn.begin();
            try {
                int count = body.read(buffer, offset, length);
                turn.transferred(Math.max(count, 0));
                return count;
            } finally {
                turn.end();
            }
        }
    }

    private static final class WatchedOutput extends OutputStream {

        private final OutputStream body;
        private final Turn turn;

        WatchedOutput(OutputStream body, Turn turn) {
            this.body = body;
            this.turn = turn;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            turn.begin();
            try {
                body.write(buffer, offset, length);
                turn.transferred(length);
            } finally {
                turn.end();
            }
        }

        @Override
        public void flush() throws IOException {
            turn.begin();
            try {
                body.flush();
            } finally {
                turn.end();
            }
        }

        @Override
        public void close() throws IOException {
            turn.begin();
            try {
                body.close();
            } finally {
                turn.end();
            }
        }
    }
}
