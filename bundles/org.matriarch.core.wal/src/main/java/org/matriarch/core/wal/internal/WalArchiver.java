package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.server.ServerConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what one server's receiver has completed, and what was handed over, into the archive.
 *
 * <p>The directories are the queue. One thread lists them, once for all that is there, and gives the files to as many workers
 * as there are processors. A file that cannot be archived is tried again at its own time, after the others; when one after
 * the other fails, the store is to blame, and all wait.
 */
final class WalArchiver {

    private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);

    /** How long it goes without a look where the system tells of new files, and where it does not. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration IDLE_UNWATCHED = Duration.ofSeconds(5);

    /** So many files are archived before a look is taken at what came meanwhile. */
    private static final int BATCH = 10_000;

    /**
     * Of a longer queue this part is: a look goes through all of it, which takes seconds for 200,000 files. So all looks
     * together go through four times the queue, however long it is.
     */
    private static final int PART = 4;

    /** After so many failures without a success, no other file is tried for a while. */
    private static final int MOST_FAILURES = 8;

    private final WalServices services;
    private final StreamingDirectory streaming;
    private final PushedDirectory pushed;
    private final IncomingDirectory incoming;
    private final IncomingScan scan;
    private final ArchiveStep step;
    private final ArchiveWorkers workers;
    private final Setbacks setbacks;
    private final Backoff backoff = new Backoff();
    private final AtomicInteger failures = new AtomicInteger();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();

    /** Guarded by lock. */
    private boolean signalled = true;

    /** Used by the archiver's thread only. */
    private @Nullable WatchKey watch;

    /** Used by the archiver's thread only: whether a file has to be looked at again in a moment. */
    private boolean young;

    /** Used by the archiver's thread only: whether there is more than was begun. */
    private boolean more;

    /** Used by the archiver's thread only: what went wrong apart from single files. */
    private Optional<MatriarchException> trouble = Optional.empty();

    private volatile boolean stopping;
    private volatile ServerConfiguration server;
    private volatile Optional<String> problem = Optional.empty();
    private volatile List<IncomingScan.Doubt> doubts = List.of();

    WalArchiver(ServerConfiguration server, WalServices services) {
        this.server = server;
        this.services = services;
        this.streaming = new StreamingDirectory(server.home(), services.disk());
        this.pushed = new PushedDirectory(server.home(), services.disk());
        this.incoming = new IncomingDirectory(server.home(), services.disk());
        this.scan = new IncomingScan(incoming, services.clock());
        this.step = new ArchiveStep(() -> this.server, services, streaming, pushed, incoming);
        this.workers = new ArchiveWorkers(server.name(), Runtime.getRuntime().availableProcessors());
        this.setbacks = new Setbacks(services.clock());
        this.thread = new Thread(this::run, "matriarch-archive-" + server.name());
        thread.setDaemon(true);
    }

    StreamingDirectory directory() {
        return streaming;
    }

    /** Returns why the first file that cannot be archived is not; empty if the queue moves. */
    Optional<String> problem() {
        return problem;
    }

    /** Returns what lies in {@code incoming/} and may still become a WAL file. */
    List<IncomingScan.Doubt> doubts() {
        return doubts;
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
        step.closedPartials().add(name);
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

    /** Asks it to end after the files in hand, and returns at once. */
    void requestStop() {
        stopping = true;
        wake();
    }

    /** Ends it; files in hand stay in the queue if they take longer. */
    boolean stop(Duration timeout) {
        requestStop();
        try {
            // It ends when the files in hand are archived.
            thread.join(Math.max(1, timeout.toMillis() * 3 / 4));
            workers.interrupt();
            if (thread.isAlive()) {
                Interruptions.begin(server.name(), thread::interrupt);
                thread.join(Math.max(1, timeout.toMillis() / 8));
            }
            return workers.awaitEnd(timeout.dividedBy(8)) && !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        while (!stopping) {
            try {
                Duration wait = next();
                await(wait, !isStuck());
            } catch (RuntimeException e) {
                LOG.error("archiver of '{}' failed", server.name(), e);
                await(backoff.next(), false);
            }
        }
        if (watch != null) {
            services.watch().forget(watch);
        }
    }

    /** Archives what is there, and returns how long to wait if nobody calls. */
    private Duration next() {
        round();
        if (isStuck()) {
            return backoff.next();
        }
        backoff.reset();
        if (more) {
            return Duration.ZERO;
        }
        Duration idle = watch == null && server.wal().archiver() ? IDLE_UNWATCHED : IDLE;
        Duration look = young ? IncomingScan.QUIET : idle;
        return setbacks.untilDue().filter(due -> due.compareTo(look) < 0).orElse(look);
    }

    private boolean isStuck() {
        return trouble.isPresent() || failures.get() >= MOST_FAILURES;
    }

    /** Archives what is there. Returns false if something is left that has to be tried again. */
    boolean round() {
        failures.set(0);
        trouble = Optional.empty();
        try {
            archive(new ArchiveQueue(received(), step.closedPartials()::contains, pushed(), copied()));
        } catch (InterruptedException e) {
            // Only stop() interrupts.
            stopping = true;
            Thread.currentThread().interrupt();
        }
        Optional<MatriarchException> first = trouble.or(setbacks::first);
        show(first);
        return first.isEmpty();
    }

    private List<WalFileName> received() {
        try {
            for (String stranger : streaming.strangers()) {
                setAside(streaming.path().resolve(stranger), "it is not the name of a WAL file");
            }
            return streaming.names();
        } catch (IOException e) {
            troubled(e);
            return List.of();
        }
    }

    private List<WalFileName> pushed() {
        try {
            return pushed.names();
        } catch (IOException e) {
            troubled(e);
            return List.of();
        }
    }

    private List<WalFileName> copied() {
        try {
            openDirectories();
            IncomingScan.Found found = scan.look();
            for (IncomingScan.Doubt junk : found.junk()) {
                setAside(incoming.path().resolve(junk.name()), junk.why());
            }
            young = found.young();
            doubts = found.waiting();
            if (!found.whole().isEmpty()) {
                incoming.sync(); // the names of what others copied there, all at once
            }
            return found.whole();
        } catch (IOException e) {
            troubled(e);
            return List.of();
        }
    }

    /** What cannot be moved aside keeps nothing else waiting. */
    private void setAside(Path file, String why) {
        try {
            step.setAside(file, ".unknown", Event.Type.WAL_REFUSED, why);
        } catch (NoSuchFileException e) {
            LOG.debug("'{}' vanished", file, e);
        } catch (IOException e) {
            troubled(e);
        }
    }

    private void troubled(IOException e) {
        trouble = Optional.of(DiskFailure.of("archive WAL of '%s'".formatted(server.name()), server.home(), e));
    }

    /** Sees to it that there are directories to hand files over in, and that somebody tells when one is copied there. */
    private void openDirectories() throws IOException {
        if (!server.wal().archiver() || (watch != null && watch.isValid())) {
            return;
        }
        pushed.prepare();
        pushed.sweep();
        incoming.prepare();
        watch = services.watch().watch(incoming.path(), this::wake);
    }

    private void archive(ArchiveQueue queue) throws InterruptedException {
        setbacks.retain(queue::contains);
        // Recovery must find a history before the WAL of its timeline.
        run(tasks(queue.histories(setbacks)));
        List<ArchiveQueue.Group> others = queue.others(setbacks);
        int batch = Math.max(BATCH, others.size() / PART);
        more = others.size() > batch;
        run(tasks(more ? others.subList(0, batch) : others));
    }

    /** Scripts were never run beside themselves by Barman, and may count on files coming in order. */
    private void run(List<Runnable> tasks) throws InterruptedException {
        boolean oneByOne = server.hooks().concerns(HookEvent.ARCHIVE) && !tasks.isEmpty();
        List<Runnable> begun = oneByOne
                ? List.of(() -> tasks.stream().takeWhile(task -> goesOn()).forEach(Runnable::run))
                : tasks;
        workers.run(begun, this::goesOn);
    }

    private boolean goesOn() {
        return !stopping && failures.get() < MOST_FAILURES;
    }

    private List<Runnable> tasks(List<ArchiveQueue.Group> groups) {
        return groups.stream()
                .<Runnable>map(group -> () -> group.files().forEach(this::carryOut))
                .toList();
    }

    private void carryOut(Queued file) {
        try {
            step.carryOut(file);
            setbacks.succeeded(file.name());
            failures.set(0);
        } catch (NoSuchFileException e) {
            // Somebody took it away; the next round sees what is left.
            LOG.debug("'{}' vanished from the queue of '{}'", e.getMessage(), server.name());
        } catch (MatriarchException e) {
            failed(file, e);
        } catch (IOException e) {
            failed(
                    file,
                    DiskFailure.of("archive '%s' of '%s'".formatted(file.name(), server.name()), server.home(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("unable to archive '{}' of '{}'", file.name(), server.name(), e);
            failed(
                    file,
                    new MatriarchException(
                            ErrorCode.INTERNAL,
                            "unable to archive '%s' of '%s': %s".formatted(file.name(), server.name(), e),
                            "report this with what the log says; it is tried again by itself.",
                            e));
        }
    }

    private void failed(Queued file, MatriarchException e) {
        setbacks.failed(file.name(), e);
        failures.incrementAndGet();
    }

    private void show(Optional<MatriarchException> first) {
        Optional<String> message = first.map(e -> String.valueOf(e.getMessage()));
        if (message.isPresent() && !message.equals(problem)) {
            LOG.warn("WAL of '{}' waits to be archived: {}", server.name(), message.get());
            if (problem.isEmpty()) {
                publish(Event.Type.ARCHIVER_FAILING, first.get().summary());
            }
        } else if (message.isEmpty() && problem.isPresent()) {
            publish(Event.Type.ARCHIVER_RECOVERED, "WAL of '%s' is archived again".formatted(server.name()));
        }
        problem = message;
    }

    private void publish(Event.Type type, String message) {
        services.publish(type, server.name(), server.name(), message);
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
