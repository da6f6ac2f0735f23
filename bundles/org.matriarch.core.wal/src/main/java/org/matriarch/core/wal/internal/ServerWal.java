package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The receiver and the archiver of one server, and what an operator said to them. */
final class ServerWal {

    private static final Logger LOG = LoggerFactory.getLogger(ServerWal.class);
    private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(9);

    private final WalServices services;

    /** One change at a time; not held by whoever only looks. */
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable ServerConfiguration configuration;
    private volatile @Nullable WalArchiver archiver;
    private volatile @Nullable WalReceiver receiver;
    private volatile Instant idleSince;

    /** Guarded by lock. */
    private boolean closed;

    ServerWal(WalServices services) {
        this.services = services;
        this.idleSince = services.clock().instant();
    }

    /** Puts a configuration in force, disturbing the stream only if it has to. */
    void configure(ServerConfiguration next) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            ServerConfiguration before = configuration;
            if (before == null || !before.home().equals(next.home())) {
                endReceiver(RESTART_TIMEOUT);
                endArchiver(RESTART_TIMEOUT);
                var fresh = new WalArchiver(next, services);
                archiver = fresh;
                fresh.start();
            } else if (archiver != null) {
                archiver.configure(next);
            }
            if (before == null || !sameStream(before, next)) {
                endReceiver(RESTART_TIMEOUT);
                if (next.wal().streaming() && !state(next).stopped()) {
                    begin(next);
                }
            }
            configuration = next;
        } finally {
            lock.unlock();
        }
    }

    private static boolean sameStream(ServerConfiguration a, ServerConfiguration b) {
        return a.home().equals(b.home())
                && a.wal().equals(b.wal())
                && a.conninfo().equals(b.conninfo())
                && a.streamingConninfo().equals(b.streamingConninfo())
                && a.repository().store().equals(b.repository().store())
                && a.repository().format().equals(b.repository().format());
    }

    ReceiverStatus status() {
        WalReceiver current = receiver;
        ServerConfiguration server = configuration;
        return current == null ? WalReceiver.idle(server == null ? "" : server.name(), idleSince) : current.status();
    }

    /** Returns why the queue does not move; empty if it does. */
    Optional<String> archiveProblem() {
        WalArchiver current = archiver;
        return current == null ? Optional.empty() : current.problem();
    }

    /** Returns what lies in {@code incoming/} and may still become a WAL file. */
    List<IncomingScan.Doubt> incomingDoubts() {
        WalArchiver current = archiver;
        return current == null ? List.of() : current.doubts();
    }

    void handedOver() {
        WalArchiver current = archiver;
        if (current != null) {
            current.wake();
        }
    }

    void hurry() {
        WalReceiver current = receiver;
        if (current != null) {
            current.hurry();
        }
    }

    ReceiverStatus start() {
        lock.lock();
        try {
            ServerConfiguration server = requireConfigured();
            State state = status().state();
            if (state == State.STREAMING || state == State.CONNECTING) {
                throw new MatriarchException(
                        ErrorCode.RECEIVER_STATE,
                        "the receiver of server '%s' is running already".formatted(server.name()),
                        "see wal:receive %s status for how it stands.".formatted(server.name()));
            }
            write(server, new ReceiverState(false, state(server).reset()));
            if (state == State.BACKING_OFF) {
                hurry();
            } else {
                endReceiver(RESTART_TIMEOUT);
                begin(server);
            }
            return status();
        } finally {
            lock.unlock();
        }
    }

    ReceiverStatus stop(Duration timeout) {
        lock.lock();
        try {
            ServerConfiguration server = requireConfigured();
            ReceiverState state = state(server);
            if (receiver == null && state.stopped()) {
                throw new MatriarchException(
                        ErrorCode.RECEIVER_STATE,
                        "the receiver of server '%s' is not running".formatted(server.name()),
                        "start it with wal:receive %s start.".formatted(server.name()));
            }
            write(server, new ReceiverState(true, state.reset()));
            endReceiver(timeout);
            return status();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses while the receiver still tries. */
    void requireEnded() {
        ReceiverStatus status = status();
        if (status.state() != State.STOPPED && status.state() != State.REFUSED) {
            throw new MatriarchException(
                    ErrorCode.RECEIVER_STATE,
                    "the receiver of server '%s' is running".formatted(status.server()),
                    "stop it first with wal:receive %s stop.".formatted(status.server()));
        }
    }

    /** Moves the receiver; one that had refused to go on does so now. */
    ReceiverStatus reset(ReceiveStart place) {
        lock.lock();
        try {
            requireEnded();
            ServerConfiguration server = requireConfigured();
            write(server, new ReceiverState(state(server).stopped(), Optional.of(place)));
            LOG.warn(
                    "receiver of '{}' is moved to {} on timeline {}; what lies before is given up",
                    server.name(),
                    place.position(),
                    place.timeline());
            if (receiver != null) {
                endReceiver(RESTART_TIMEOUT);
                begin(server);
            }
            return status();
        } finally {
            lock.unlock();
        }
    }

    void requestStop() {
        WalReceiver current = receiver;
        if (current != null) {
            current.requestStop();
        }
        WalArchiver queue = archiver;
        if (queue != null) {
            queue.requestStop();
        }
    }

    /** Ends both for good. */
    void close(Duration timeout) {
        requestStop();
        lock.lock();
        try {
            closed = true;
            endReceiver(timeout);
            endArchiver(timeout);
        } catch (MatriarchException e) {
            LOG.warn("{}", e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void begin(ServerConfiguration server) {
        WalArchiver queue = archiver;
        if (queue != null) {
            var fresh = new WalReceiver(server, services, queue, state(server).reset());
            receiver = fresh;
            fresh.start();
        }
    }

    /** Two must never write into the same files: while one does not end, no other begins. */
    private void endReceiver(Duration timeout) {
        WalReceiver current = receiver;
        if (current != null) {
            if (!current.stop(timeout)) {
                throw stillBusy("receiver", current.status().server());
            }
            receiver = null;
            idleSince = services.clock().instant();
        }
    }

    private void endArchiver(Duration timeout) {
        WalArchiver current = archiver;
        if (current != null) {
            if (!current.stop(timeout)) {
                throw stillBusy("archiver", String.valueOf(current.directory()));
            }
            archiver = null;
        }
    }

    private static MatriarchException stillBusy(String what, String whose) {
        return new MatriarchException(
                ErrorCode.RECEIVER_STATE,
                "the %s of '%s' did not end in time".formatted(what, whose),
                "a disk or a store probably does not answer; it ends as soon as it does.");
    }

    private ServerConfiguration requireConfigured() {
        ServerConfiguration server = configuration;
        if (server == null || closed) {
            throw new MatriarchException(
                    ErrorCode.RECEIVER_STATE,
                    "the receiver is not set up",
                    "right after a change of the server's file, try again in a moment.");
        }
        return server;
    }

    private static ReceiverState state(ServerConfiguration server) {
        try {
            return ReceiverState.read(server.home());
        } catch (IOException e) {
            throw DiskFailure.of("read the state of the receiver of '%s'".formatted(server.name()), server.home(), e);
        }
    }

    private void write(ServerConfiguration server, ReceiverState state) {
        try {
            state.write(server.home(), services.disk());
        } catch (IOException e) {
            throw DiskFailure.of("keep the state of the receiver of '%s'".formatted(server.name()), server.home(), e);
        }
    }
}
