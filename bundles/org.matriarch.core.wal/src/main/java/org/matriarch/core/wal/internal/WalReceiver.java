package org.matriarch.core.wal.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.PostgresException;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.ReceiverStatus.State;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one server's receiver going on its own thread: connects, receives, and after a failure waits and connects again. */
final class WalReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(WalReceiver.class);
    private static final Duration STARTING_UP = Duration.ofMillis(500);
    private static final Duration GRACE = Duration.ofSeconds(4);

    private final ServerConfiguration server;
    private final WalServices services;
    private final WalArchiver archiver;
    private final Optional<ReceiveStart> reset;
    private final Thread thread;
    private final Backoff backoff = new Backoff();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by lock. */
    private boolean hurried;

    private volatile boolean stopping;
    private volatile Standing standing;
    private volatile @Nullable ReceiveSession session;

    /** Used by the receiving thread only: what was last made known. */
    private boolean knownDown;

    /** What the receiver does, and why. */
    private record Standing(State state, Instant since, Optional<String> error) {}

    WalReceiver(ServerConfiguration server, WalServices services, WalArchiver archiver, Optional<ReceiveStart> reset) {
        this.server = server;
        this.services = services;
        this.archiver = archiver;
        this.reset = reset;
        this.standing = new Standing(State.CONNECTING, services.clock().instant(), Optional.empty());
        this.thread = new Thread(this::run, "matriarch-receive-" + server.name());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Returns how it stands; a server without a receiver is {@link #idle}. */
    ReceiverStatus status() {
        Standing now = standing;
        ReceiveSession current = session;
        return new ReceiverStatus(
                server.name(),
                now.state(),
                now.since(),
                current == null ? 0 : current.timeline(),
                present(current == null ? Lsn.ZERO : current.written()),
                present(current == null ? Lsn.ZERO : current.flushed()),
                present(current == null ? Lsn.ZERO : current.serverEnd()),
                now.error());
    }

    /** Returns the status of a receiver that is switched off. */
    static ReceiverStatus idle(String server, Instant since) {
        return absent(server, State.STOPPED, since, Optional.empty());
    }

    /** Returns the status of a receiver that is begun as soon as {@code reason} is gone. */
    static ReceiverStatus standingBy(String server, Instant since, String reason) {
        return absent(server, State.BACKING_OFF, since, Optional.of(reason));
    }

    private static ReceiverStatus absent(String server, State state, Instant since, Optional<String> error) {
        return new ReceiverStatus(server, state, since, 0, Optional.empty(), Optional.empty(), Optional.empty(), error);
    }

    private static Optional<Lsn> present(Lsn lsn) {
        return lsn.equals(Lsn.ZERO) ? Optional.empty() : Optional.of(lsn);
    }

    /** Ends a wait for the next attempt. */
    void hurry() {
        lock.lock();
        try {
            hurried = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks it to end, and returns at once. */
    void requestStop() {
        stopping = true;
        ReceiveSession current = session;
        if (current != null) {
            current.stop();
        }
        hurry();
    }

    /**
     * Ends it: what was reported as flushed is on disk when this returns true, and so is all that was received unless it had
     * to be interrupted. False if it did not end in time; it does as soon as the disk or the server answers.
     */
    boolean stop(Duration timeout) {
        requestStop();
        if (thread.getState() == Thread.State.NEW || awaitEnd(min(GRACE, timeout))) {
            return true;
        }
        // The server does not answer, or is still being connected to.
        ReceiveSession current = session;
        if (current != null) {
            current.disconnect();
        }
        // In the middle of a sync the file is closed by that: what was not reported yet will be sent again.
        Interruptions.begin(server.name(), thread::interrupt);
        return awaitEnd(timeout.minus(min(GRACE, timeout)));
    }

    private boolean awaitEnd(Duration timeout) {
        try {
            thread.join(Math.max(1, timeout.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private void run() {
        while (!stopping) {
            stand(State.CONNECTING, standing.error());
            var attempt = new ReceiveSession(server, services, archiver, reset, this::streaming);
            session = attempt;
            Duration wait = Backoff.vary(Backoff.LEAST);
            try {
                if (!stopping) {
                    attempt.receive();
                }
            } catch (MatriarchException e) {
                if (stopping) {
                    LOG.info("receiver of '{}' was cut off when it was told to end: {}", server.name(), e.getMessage());
                    break;
                }
                if (isFinal(e)) {
                    refuse(e);
                    return;
                }
                wait = down(e);
            } catch (InterruptedException e) {
                LOG.debug("receiver of '{}' was interrupted", server.name());
            } catch (RuntimeException e) {
                LOG.error("receiver of '{}' failed", server.name(), e);
                wait = down(new MatriarchException(
                        ErrorCode.INTERNAL,
                        "unable to receive WAL of '%s': %s".formatted(server.name(), e),
                        "please report this with the log of the container.",
                        e));
            }
            if (!await(wait)) {
                break;
            }
        }
        stand(State.STOPPED, Optional.empty());
    }

    private static boolean isFinal(MatriarchException e) {
        return e.code() == ErrorCode.REPOSITORY_FOREIGN || e.code() == ErrorCode.WAL_GAP;
    }

    private void streaming() {
        backoff.reset();
        stand(State.STREAMING, Optional.empty());
        services.publish(
                Event.Type.RECEIVER_UP, server.name(), server.name(), "receiving WAL of '%s'".formatted(server.name()));
        knownDown = false;
    }

    private Duration down(MatriarchException e) {
        Duration wait =
                e instanceof PostgresException refused && refused.sqlState().equals("57P03")
                        ? Backoff.vary(STARTING_UP)
                        : backoff.next();
        stand(State.BACKING_OFF, Optional.of(String.valueOf(e.getMessage())));
        makeKnown(e);
        return wait;
    }

    private void refuse(MatriarchException e) {
        stand(State.REFUSED, Optional.of(String.valueOf(e.getMessage())));
        LOG.error("receiver of '{}' gives up: {}", server.name(), e.getMessage());
        if (e.code() == ErrorCode.WAL_GAP) {
            services.publish(Event.Type.WAL_GAP, server.name(), server.name(), e.summary());
        }
        makeKnown(e);
    }

    /** One line for each time it goes down, not for each attempt. */
    private void makeKnown(MatriarchException e) {
        if (knownDown) {
            LOG.debug("receiver of '{}' is still down: {}", server.name(), e.getMessage());
            return;
        }
        knownDown = true;
        services.publish(Event.Type.RECEIVER_DOWN, server.name(), server.name(), e.summary());
    }

    private void stand(State state, Optional<String> error) {
        standing = new Standing(
                state,
                state == standing.state() ? standing.since() : services.clock().instant(),
                error);
    }

    /** Returns false if the receiver is to end. */
    private boolean await(Duration wait) {
        lock.lock();
        try {
            long nanos = wait.toNanos();
            while (!stopping && !hurried && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            hurried = false;
            return !stopping;
        } catch (InterruptedException e) {
            // Only stop() interrupts.
            return false;
        } finally {
            lock.unlock();
        }
    }
}
