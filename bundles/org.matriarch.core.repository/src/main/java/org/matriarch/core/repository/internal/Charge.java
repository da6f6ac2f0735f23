package org.matriarch.core.repository.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The charge of one server's repository: of all processes that share its disk one alone writes there. Thread-safe.
 *
 * <p>Once taken it is kept until it is given back or the process ends, so that what is kept in memory stays true.
 */
final class Charge {

    private static final Logger LOG = LoggerFactory.getLogger(Charge.class);

    private static final int LOOKS_FOR_NEXT_RUN = 100;
    private static final long LOOK_MILLIS = 100;

    private final String server;

    // Guarded by this. A lock is held while a file is looked at, against the rule: two callers must not both take it,
    // and each server has a charge of its own.
    private final Map<Path, DirectoryLock> locks = new HashMap<>();

    /** Guarded by this. */
    private boolean ended;

    Charge(String server) {
        this.server = server;
    }

    /**
     * Takes the charge of these directories, unless it is held already. Others of before are kept, for somebody may be at work
     * in them still, unless the first is another one: then the server has moved.
     *
     * @param taken run when one was not held right before: others may have written there meanwhile
     * @return who holds one instead; empty if we hold all
     */
    Optional<String> tryTake(List<Path> directories, Runnable taken) throws IOException {
        synchronized (this) {
            if (!ended) {
                return isHeld(directories) ? Optional.empty() : takeAll(directories, taken);
            }
        }
        return awaitNextRun(directories) ? Optional.empty() : Optional.of("this process, in which it restarts");
    }

    private Optional<String> takeAll(List<Path> directories, Runnable taken) throws IOException {
        if (!locks.containsKey(directories.get(0))) {
            giveBack();
        }
        var fresh = new HashMap<Path, DirectoryLock>();
        Optional<String> other = Optional.of("another process");
        try {
            other = take(directories, fresh);
        } finally {
            if (other.isPresent()) {
                fresh.values().forEach(DirectoryLock::close); // two that each wait for the other's would wait for ever
            }
        }
        if (other.isEmpty()) {
            locks.putAll(fresh);
            LOG.debug("in charge of the repository of server '{}'", server);
            taken.run();
        }
        return other;
    }

    private Optional<String> take(List<Path> directories, Map<Path, DirectoryLock> fresh) throws IOException {
        for (Path directory : directories) {
            DirectoryLock held = locks.get(directory);
            if (held != null && !held.holds()) {
                locks.remove(directory);
                held.close();
            }
            if (!locks.containsKey(directory)) {
                Optional<DirectoryLock> lock = DirectoryLock.take(directory);
                if (lock.isEmpty()) {
                    return Optional.of(DirectoryLock.holder(directory).orElse("another process"));
                }
                fresh.put(directory, lock.get());
            }
        }
        return Optional.empty();
    }

    /** Returns whether the charge of these directories is held. */
    synchronized boolean isHeld(List<Path> directories) {
        return directories.stream().allMatch(directory -> {
            DirectoryLock lock = locks.get(directory);
            return lock != null && lock.holds();
        });
    }

    /** Whoever is at work still when this bundle is restarted goes on when the next run of it has taken charge. */
    private static boolean awaitNextRun(List<Path> directories) {
        for (int look = 0; look < LOOKS_FOR_NEXT_RUN; look++) {
            if (directories.stream().allMatch(DirectoryLock::isHeldHere)) {
                return true;
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /** Lets others take it, and never takes it again. */
    synchronized void end() {
        ended = true;
        giveBack();
    }

    /** Lets others take it. */
    synchronized void giveBack() {
        locks.values().forEach(DirectoryLock::close);
        locks.clear();
    }
}
