package org.matriarch.http.internal.wal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** Lets so many requests of one server in at a time: however much one asks for, the others find threads. */
final class Turnstile {

    private final int atATime;
    private final Duration longestWait;
    private final Map<String, Semaphore> byServer = new ConcurrentHashMap<>();

    Turnstile(int atATime, Duration longestWait) {
        this.atATime = atATime;
        this.longestWait = longestWait;
    }

    /** Whoever is in; closing it lets the next one in. */
    @FunctionalInterface
    interface Pass {

        void close();
    }

    /**
     * Lets a request of a server in, after a wait.
     *
     * @throws MatriarchException {@code DOOR_BUSY} if it would have to wait too long
     */
    Pass enter(String server) throws InterruptedException {
        Semaphore places = byServer.computeIfAbsent(server, name -> new Semaphore(atATime, true));
        if (!places.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MatriarchException(
                    ErrorCode.DOOR_BUSY,
                    "%d requests of server '%s' are being answered".formatted(atATime, server),
                    "try again in a moment, with fewer at a time.");
        }
        return places::release;
    }
}
