package org.matriarch.core.server.internal;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs what asks others and may hang, on threads that are few: what ignores its interrupt occupies one of them, and when
 * all are occupied, {@link #start} refuses instead of piling up more.
 */
final class BoundedCalls implements AutoCloseable {

    private static final Duration IDLE = Duration.ofSeconds(5);

    private final ThreadPoolExecutor threads;

    BoundedCalls(String what, int limit) {
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                0, limit, IDLE.toMillis(), TimeUnit.MILLISECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "matriarch-%s-%d".formatted(what, count.incrementAndGet()));
                    thread.setDaemon(true);
                    thread.setContextClassLoader(BoundedCalls.class.getClassLoader());
                    return thread;
                });
    }

    /**
     * Starts a call.
     *
     * @throws java.util.concurrent.RejectedExecutionException if every thread is occupied
     */
    <T> Future<T> start(Callable<T> call) {
        return threads.submit(call);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
