package org.matriarch.core.wal.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;

/** The files that could not be archived, each with its own time to be tried again. Thread-safe. */
final class Setbacks {

    private record Setback(Backoff backoff, Instant due, MatriarchException cause) {}

    private final Clock clock;

    /** Guarded by this. */
    private final TreeMap<WalFileName, Setback> byName = new TreeMap<>();

    Setbacks(Clock clock) {
        this.clock = clock;
    }

    synchronized void failed(WalFileName name, MatriarchException cause) {
        Setback before = byName.get(name);
        Backoff backoff = before == null ? new Backoff() : before.backoff();
        byName.put(name, new Setback(backoff, clock.instant().plus(backoff.next()), cause));
    }

    synchronized void succeeded(WalFileName name) {
        byName.remove(name);
    }

    synchronized boolean contains(WalFileName name) {
        return byName.containsKey(name);
    }

    /** Returns whether a file may be tried now. */
    synchronized boolean isDue(WalFileName name) {
        Setback setback = byName.get(name);
        return setback == null || untilDue(setback).isZero();
    }

    /** Returns how long it is until the first may be tried again; empty if there is none. */
    synchronized Optional<Duration> untilDue() {
        return byName.values().stream().map(this::untilDue).min(Duration::compareTo);
    }

    /** Returns why the first of them, in the order of names, is not archived. */
    synchronized Optional<MatriarchException> first() {
        return byName.isEmpty()
                ? Optional.empty()
                : Optional.of(byName.firstEntry().getValue().cause());
    }

    /** Forgets those that are no longer there. */
    synchronized void retain(Predicate<WalFileName> there) {
        byName.keySet().removeIf(there.negate());
    }

    /** A clock that was set back must not make a file wait until it has caught up. */
    private Duration untilDue(Setback setback) {
        Duration left = Duration.between(clock.instant(), setback.due());
        return left.isNegative() || left.compareTo(Backoff.MOST) > 0 ? Duration.ZERO : left;
    }
}
