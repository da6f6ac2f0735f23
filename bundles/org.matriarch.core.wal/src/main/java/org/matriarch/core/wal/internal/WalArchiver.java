package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what one server's receiver has completed into the archive, on its own thread.
 *
 * <p>The directory is the queue: a file is checked, stored durably, and only then removed. After a crash at any step the
 * same file is found again; to store it twice does nothing.
 */
final class WalArchiver {

    private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);
    private static final int BUFFER_BYTES = 1 << 16;
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final StreamingDirectory directory;
    private final WalServices services;
    private final Set<WalFileName> closedPartials = ConcurrentHashMap.newKeySet();
    private final Backoff backoff = new Backoff();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();

    /** Guarded by lock. */
    private boolean signalled = true;

    private volatile boolean stopping;
    private volatile ServerConfiguration server;
    private volatile Optional<String> problem = Optional.empty();

    WalArchiver(ServerConfiguration server, WalServices services) {
        this.server = server;
        this.services = services;
        this.directory = new StreamingDirectory(server.home(), services.disk());
        this.thread = new Thread(this::run, "matriarch-archive-" + server.name());
        thread.setDaemon(true);
    }

    StreamingDirectory directory() {
        return directory;
    }

    /** Returns why the queue does not move; empty if it does. */
    Optional<String> problem() {
        return problem;
    }

    void start() {
        thread.start();
    }

    /** Goes on with another configuration from the next file on. */
    void configure(ServerConfiguration configuration) {
        server = configuration;
        wake();
    }

    /** Says that nothing more will come for an incomplete segment. */
    void closePartial(WalFileName name) {
        closedPartials.add(name);
    }

    /** Says that there may be something to do. */
    void wake() {
        lock.lock();
        try {
            signalled = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks it to end after the file in hand, and returns at once. */
    void requestStop() {
        stopping = true;
        wake();
    }

    /** Ends it; a file in hand stays in the queue if it takes longer. */
    boolean stop(Duration timeout) {
        requestStop();
        try {
            thread.join(Math.max(1, timeout.toMillis() * 3 / 4));
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(Math.max(1, timeout.toMillis() / 4));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void run() {
        while (!stopping) {
            boolean clean;
            try {
                clean = round();
            } catch (RuntimeException e) {
                LOG.error("archiver of '{}' failed", server.name(), e);
                clean = false;
            }
            if (clean) {
                backoff.reset();
            }
            await(clean ? IDLE : backoff.next(), clean);
        }
    }

    /** Archives what is there. Returns false if something is left that has to be tried again. */
    boolean round() {
        try {
            for (String stranger : directory.strangers()) {
                setAside(stranger, ".unknown", Event.Type.WAL_REFUSED, "it is not the name of a WAL file");
            }
            for (WalFileName name : queue()) {
                if (stopping) {
                    return true;
                }
                archive(name);
            }
            recovered();
            return true;
        } catch (MatriarchException e) {
            stuck(e);
        } catch (NoSuchFileException e) {
            // Somebody took it away; the next round sees what is left.
            LOG.debug("'{}' vanished from the queue of '{}'", e.getMessage(), server.name());
        } catch (IOException e) {
            stuck(DiskFailure.of("archive WAL of '%s'".formatted(server.name()), server.home(), e));
        }
        return false;
    }

    /** Returns what waits to be archived: histories first, then in order. */
    List<WalFileName> queue() throws IOException {
        return directory.names().stream()
                .filter(name -> name.kind() != WalFileName.Kind.PARTIAL || closedPartials.contains(name))
                .toList();
    }

    private void archive(WalFileName name) throws IOException {
        Repository repository = services.repositories().repository(server);
        Path file = directory.path(name);
        if (isNeedless(name, file, repository)) {
            directory.delete(name);
            closedPartials.remove(name);
            return;
        }
        Optional<String> mismatch = mismatch(name, file, repository);
        if (mismatch.isPresent()) {
            setAside(name.value(), ".unknown", Event.Type.WAL_REFUSED, mismatch.get());
            return;
        }
        try {
            repository.wal().store(name, file);
        } catch (MatriarchException e) {
            if (e.code() != ErrorCode.WAL_CONFLICT) {
                throw e;
            }
            setAside(name.value(), ".duplicate", Event.Type.WAL_CONFLICT, e.summary());
            return;
        }
        directory.delete(name);
        closedPartials.remove(name);
        services.publish(
                Event.Type.WAL_ARCHIVED,
                server.name(),
                name.value(),
                "archived '%s' of '%s'".formatted(name, server.name()));
    }

    /** Returns whether an incomplete segment adds nothing: the whole one is archived, or no record of it came. */
    private static boolean isNeedless(WalFileName name, Path file, Repository repository) throws IOException {
        if (name.kind() != WalFileName.Kind.PARTIAL) {
            return false;
        }
        if (repository.wal().contains(name.segment())) {
            return true;
        }
        // A timeline may end before the header of its last segment does; the first record comes behind that header.
        try (InputStream in = Files.newInputStream(file)) {
            return WalHeader.read(in).isEmpty() && isAllZero(in);
        }
    }

    private static boolean isAllZero(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Optional<String> mismatch(WalFileName name, Path file, Repository repository) throws IOException {
        if (name.kind() == WalFileName.Kind.HISTORY || name.kind() == WalFileName.Kind.BACKUP_LABEL) {
            return Files.size(file) == 0 ? Optional.of("it is empty") : Optional.empty();
        }
        long size = Files.size(file);
        return WalHeader.parse(head(file))
                .map(header -> header.mismatch(name, size, repository.identity()))
                .orElse(Optional.of("it does not begin with the header of a WAL segment"));
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(WalHeader.LENGTH);
        }
    }

    private void setAside(String name, String suffix, Event.Type type, String why) throws IOException {
        Path now = directory.moveAside(name, suffix, services.clock().instant());
        WalFileName.find(name).ifPresent(closedPartials::remove);
        LOG.error("'{}' of '{}' is not archived, since {}; it is kept as '{}'", name, server.name(), why, now);
        services.publish(
                type, server.name(), name, "'%s' of '%s' is not archived: %s".formatted(name, server.name(), why));
    }

    private void stuck(MatriarchException e) {
        Optional<String> message = Optional.of(String.valueOf(e.getMessage()));
        if (!message.equals(problem)) {
            LOG.warn("WAL of '{}' waits to be archived: {}", server.name(), e.getMessage());
        }
        problem = message;
    }

    private void recovered() {
        if (problem.isPresent()) {
            LOG.info("WAL of '{}' is archived again", server.name());
            problem = Optional.empty();
        }
    }

    /** Waits for a signal, or just the time if what failed has to be tried again. */
    private void await(Duration wait, boolean untilSignalled) {
        lock.lock();
        try {
            long nanos = wait.toNanos();
            while (!stopping && !(untilSignalled && signalled) && nanos > 0) {
                nanos = woken.awaitNanos(nanos);
            }
            signalled = false;
        } catch (InterruptedException e) {
            // Only stop() interrupts.
            stopping = true;
        } finally {
            lock.unlock();
        }
    }
}
