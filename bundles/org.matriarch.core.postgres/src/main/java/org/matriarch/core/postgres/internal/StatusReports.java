package org.matriarch.core.postgres.internal;

import java.io.IOException;
import org.matriarch.api.postgres.WalFeedback;
import org.matriarch.api.postgres.WalStreamHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports a handler's positions to the server, from the streaming thread and from any other. */
final class StatusReports implements WalFeedback {

    private static final Logger LOG = LoggerFactory.getLogger(StatusReports.class);

    private final WireConnection wire;
    private final WalStreamHandler handler;
    private volatile long lastReport = System.nanoTime();
    private volatile long reportedFlush;
    private volatile boolean ended;

    StatusReports(WireConnection wire, WalStreamHandler handler) {
        this.wire = wire;
        this.handler = handler;
    }

    @Override
    public void report() {
        if (ended) {
            return;
        }
        try {
            send(false);
        } catch (IOException e) {
            LOG.debug("unable to report to {}: the stream will notice", wire.address(), e);
        }
    }

    /** Sends a report. */
    void send(boolean replyRequested) throws IOException {
        long flushed = handler.flushed().value();
        wire.writer().standbyStatus(handler.written().value(), flushed, replyRequested);
        reportedFlush = flushed;
        lastReport = System.nanoTime();
    }

    /** Sends a report if the interval is over. */
    void sendIfDue(long now) throws IOException {
        if (now - lastReport >= handler.statusInterval().toNanos()) {
            send(false);
        }
    }

    /** Sends a report if more is on disk than the server knows: somebody may wait for that with a commit. */
    void sendIfFlushed() throws IOException {
        if (handler.flushed().value() != reportedFlush) {
            send(false);
        }
    }

    /** Lets other threads report no more. */
    void end() {
        ended = true;
    }
}
