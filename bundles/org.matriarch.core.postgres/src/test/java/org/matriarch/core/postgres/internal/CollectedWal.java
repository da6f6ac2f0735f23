package org.matriarch.core.postgres.internal;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.WalFeedback;
import org.matriarch.api.postgres.WalStreamHandler;

/** Keeps streamed WAL in memory, calls it flushed whenever the stream is drained, and stops at a position. */
class CollectedWal implements WalStreamHandler {

    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final AtomicInteger drains = new AtomicInteger();
    volatile Lsn written;
    volatile Lsn flushed;
    volatile Lsn serverEnd = Lsn.ZERO;
    volatile Lsn stopAt = new Lsn(Long.MAX_VALUE);
    volatile boolean stop;
    volatile WalFeedback feedback;
    volatile Duration interval = Duration.ofSeconds(10);

    CollectedWal(Lsn start) {
        written = start;
        flushed = start;
    }

    @Override
    public void begin(WalFeedback given) {
        feedback = given;
    }

    @Override
    public synchronized void received(Lsn start, byte[] data, int offset, int length) {
        bytes.write(data, offset, length);
        written = start.plus(length);
    }

    @Override
    public void serverAt(Lsn end) {
        serverEnd = end;
    }

    @Override
    public void drained() {
        flushed = written;
        drains.incrementAndGet();
    }

    @Override
    public boolean stopRequested() {
        return stop || !written.isBefore(stopAt);
    }

    @Override
    public Lsn written() {
        return written;
    }

    @Override
    public Lsn flushed() {
        return flushed;
    }

    @Override
    public Duration statusInterval() {
        return interval;
    }
}
