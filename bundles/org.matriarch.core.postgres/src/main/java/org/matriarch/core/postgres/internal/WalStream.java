package org.matriarch.core.postgres.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamEnd;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.postgres.WalStreamHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out START_REPLICATION: hands WAL to a handler and its positions back to the server.
 *
 * <p>A server that was silent for half of {@link #SILENCE_MAX} is asked to answer, and given up after the whole, as
 * PostgreSQL's own receiver does with wal_receiver_timeout.
 */
final class WalStream {

    private static final Logger LOG = LoggerFactory.getLogger(WalStream.class);

    private static final Duration SILENCE_MAX = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);
    private static final int DATA_HEADER_BYTES = 25;
    private static final int REPLY_REQUESTED = 17;

    private final WireConnection wire;
    private final MessageReader reader;
    private final WalStreamHandler handler;
    private final StatusReports reports;
    private final long silenceMaxNanos;

    private long expected;
    private boolean unsynced;
    private boolean asked;
    private long lastHeard;

    WalStream(WireConnection wire, WalStreamHandler handler) {
        this(wire, handler, SILENCE_MAX);
    }

    WalStream(WireConnection wire, WalStreamHandler handler, Duration silenceMax) {
        this.wire = wire;
        this.reader = wire.reader();
        this.handler = handler;
        reports = new StatusReports(wire, handler);
        this.silenceMaxNanos = silenceMax.toNanos();
    }

    /**
     * Streams until the timeline ends or the handler says stop.
     *
     * @throws UncheckedIOException with what the handler threw
     */
    WalStreamEnd run(WalStreamRequest request) throws IOException {
        wire.writer().query(command(request));
        switch (wire.next()) {
            case 'W' -> LOG.debug("streaming from {} of timeline {}", request.start(), request.timeline());
            case 'T' -> {
                return endOfTimeline(wire.rows()); // a timeline that ended just where we want to begin
            }
            default -> throw wire.unexpected("in answer to START_REPLICATION");
        }
        expected = request.start().value();
        lastHeard = System.nanoTime();
        wire.readTimeout(pollTimeout());
        handler.begin(reports);
        try {
            WalStreamEnd end = receive();
            if (!wire.isClosed()) {
                wire.readTimeout(WireConnection.READ_TIMEOUT);
            }
            return end;
        } finally {
            reports.end();
        }
    }

    static String command(WalStreamRequest request) {
        String slot = request.slot()
                .map(name -> "SLOT \"%s\" ".formatted(name.replace("\"", "\"\"")))
                .orElse("");
        return "START_REPLICATION %sPHYSICAL %s TIMELINE %s"
                .formatted(slot, request.start(), Integer.toUnsignedString(request.timeline()));
    }

    private Duration pollTimeout() {
        Duration interval = handler.statusInterval();
        return interval.compareTo(WireConnection.READ_TIMEOUT) < 0 ? interval : WireConnection.READ_TIMEOUT;
    }

    private WalStreamEnd receive() throws IOException {
        while (true) {
            if (handler.stopRequested()) {
                return stop();
            }
            if (unsynced && !reader.hasMore() && !wire.isReadable()) {
                drained();
            }
            long now = System.nanoTime();
            reports.sendIfDue(now);
            if (!reader.poll()) {
                idle(now);
                continue;
            }
            lastHeard = now;
            asked = false;
            if (isEnd()) {
                return finish();
            }
        }
    }

    /** Takes the message shown; returns whether it is the end of the timeline. */
    private boolean isEnd() throws IOException {
        switch (reader.type()) {
            case 'd' -> {
                take();
                return false;
            }
            case 'c' -> {
                return true;
            }
            case 'C' -> throw new EOFException("the server is shutting down");
            default -> {
                if (!wire.absorb()) {
                    throw wire.unexpected("in a stream of WAL");
                }
                return false;
            }
        }
    }

    private void take() throws IOException {
        switch (reader.byteAt(0)) {
            case 'w' -> data();
            case 'k' -> {
                handler.serverAt(new Lsn(reader.longAt(1)));
                if (reader.byteAt(REPLY_REQUESTED) != 0) {
                    reports.send(false);
                }
            }
            default -> throw new WireProtocolException("part '%c' in a stream of WAL".formatted(reader.byteAt(0)));
        }
    }

    private void data() throws IOException {
        long start = reader.longAt(1);
        int length = reader.length() - DATA_HEADER_BYTES;
        if (start != expected || length < 0) {
            throw new WireProtocolException(
                    "WAL of %s came where that of %s belongs".formatted(new Lsn(start), new Lsn(expected)));
        }
        handler.serverAt(new Lsn(reader.longAt(9)));
        try {
            handler.received(new Lsn(start), reader.buffer(), reader.offset() + DATA_HEADER_BYTES, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        expected += length;
        unsynced = true;
    }

    private void drained() throws IOException {
        unsynced = false;
        try {
            handler.drained();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reports.sendIfFlushed();
        // The disk may have taken long: while nobody listened, the server was not silent.
        lastHeard = System.nanoTime();
    }

    private void idle(long now) throws IOException {
        if (unsynced) {
            drained();
        }
        long silence = now - lastHeard;
        if (silence > silenceMaxNanos) {
            throw new SocketTimeoutException("nothing was heard for %d s"
                    .formatted(Duration.ofNanos(silence).toSeconds()));
        }
        if (!asked && silence > silenceMaxNanos / 2) {
            asked = true;
            reports.send(true);
        }
    }

    private WalStreamEnd stop() throws IOException {
        if (unsynced) {
            drained();
        }
        reports.send(false);
        reports.end();
        wire.writer().send('c');
        wire.patience(STOP_PATIENCE);
        try {
            char type;
            do {
                type = wire.next(); // WAL that was under way is dropped; the server will send it again
            } while (type != 'Z');
        } catch (SocketTimeoutException e) {
            LOG.debug("{} did not end the stream in time", wire.address());
            wire.close();
        }
        wire.patience(WireConnection.PATIENCE);
        return new WalStreamEnd(Optional.empty(), Optional.empty());
    }

    private WalStreamEnd finish() throws IOException {
        if (unsynced) {
            drained();
        }
        reports.send(false);
        reports.end();
        wire.writer().send('c');
        RowSet rows = new RowSet();
        while (wire.next() != 'Z') {
            if (reader.type() == 'T') {
                rows = wire.rows();
            } else if (reader.type() != 'C') {
                throw wire.unexpected("at the end of a timeline");
            }
        }
        return end(rows);
    }

    private WalStreamEnd endOfTimeline(RowSet rows) throws IOException {
        while (wire.next() != 'Z') {
            if (reader.type() != 'C') {
                throw wire.unexpected("at the end of a timeline");
            }
        }
        return end(rows);
    }

    private static WalStreamEnd end(RowSet rows) throws WireProtocolException {
        if (rows.size() == 0) {
            return new WalStreamEnd(Optional.empty(), Optional.empty());
        }
        return new WalStreamEnd(
                Optional.of(Integer.parseUnsignedInt(rows.text(0, 0))), Optional.of(Lsn.parse(rows.text(0, 1))));
    }
}
