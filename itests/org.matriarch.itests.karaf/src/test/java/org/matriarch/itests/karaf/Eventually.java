package org.matriarch.itests.karaf;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.matriarch.api.error.MatriarchException;

/** Waits inside the container, where no library for it is installed. */
final class Eventually {

    private static final Duration PAUSE = Duration.ofMillis(50);

    private Eventually() {}

    /**
     * Looks again and again until it sees what is wanted, and returns that. To look may fail meanwhile: a service may be
     * away.
     */
    static <T> T eventually(String what, Duration atMost, Supplier<T> look, Predicate<? super T> wanted) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Object last;
            RuntimeException failure = null;
            try {
                T seen = look.get();
                if (wanted.test(seen)) {
                    return seen;
                }
                last = seen;
            } catch (MatriarchException | ServiceAbsentException e) {
                last = e.getMessage();
                failure = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(
                        "%s: not within %d s; last seen: %s".formatted(what, atMost.toSeconds(), last), failure);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Thrown by a look for a service that is not registered now. */
    static final class ServiceAbsentException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ServiceAbsentException(String service) {
            super("no service '%s'".formatted(service));
        }
    }
}
