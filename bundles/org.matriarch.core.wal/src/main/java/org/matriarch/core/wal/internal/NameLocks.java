package org.matriarch.core.wal.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.matriarch.api.model.WalFileName;

/**
 * One lock for each WAL file of a server, there for as long as somebody wants it: whoever hands over a file and whoever
 * moves one of that name into the archive take turns. Thread-safe.
 */
final class NameLocks {

    private record Key(String server, WalFileName name) {}

    /** A lock and how many hold it or wait for it. */
    private record Shared(ReentrantLock lock, int users) {

        Shared plus(int more) {
            return new Shared(lock, users + more);
        }
    }

    private final Map<Key, Shared> locks = new ConcurrentHashMap<>();

    /** A lock that is held; closed by the thread that took it. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes a lock. Nothing if it is not free in time.
     *
     * @throws InterruptedException if the thread is interrupted meanwhile; the lock is then not held
     */
    Optional<Held> acquire(String server, WalFileName name, Duration patience) throws InterruptedException {
        var key = new Key(server, name);
        ReentrantLock lock = locks.compute(
                        key, (each, shared) -> shared == null ? new Shared(new ReentrantLock(), 1) : shared.plus(1))
                .lock();
        boolean held = false;
        try {
            held = lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!held) {
                leave(key);
            }
        }
        return held
                ? Optional.of(() -> {
                    lock.unlock();
                    leave(key);
                })
                : Optional.empty();
    }

    /** Returns how many locks are held or waited for. */
    int size() {
        return locks.size();
    }

    private void leave(Key key) {
        locks.compute(key, (each, shared) -> shared == null || shared.users() == 1 ? null : shared.plus(-1));
    }
}
