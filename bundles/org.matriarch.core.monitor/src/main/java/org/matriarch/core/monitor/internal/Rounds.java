package org.matriarch.core.monitor.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of what is done again and again: few, so that servers that do not answer occupy no more than those. */
final class Rounds implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private static final long IDLE_SECONDS = 10;

    private final String what;
    private final ThreadPoolExecutor threads;
    private final ScheduledExecutorService clock;
    private final AtomicInteger running = new AtomicInteger();
    private final List<Future<?>> repeated = new CopyOnWriteArrayList<>();

    Rounds(String what, int limit) {
        this.what = what;
        var count = new AtomicInteger();
        ThreadFactory daemons = task -> {
            Thread thread = new Thread(task, "matriarch-monitor-%s-%d".formatted(what, count.incrementAndGet()));
            thread.setDaemon(true);
            thread.setContextClassLoader(Rounds.class.getClassLoader());
            return thread;
        };
        this.threads =
                new ThreadPoolExecutor(0, limit, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons);
        this.clock = Executors.newSingleThreadScheduledExecutor(daemons);
    }

    /** Does something short again and again. */
    void every(Duration pause, Runnable task) {
        repeated.add(
                clock.scheduleWithFixedDelay(guarded(task), pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS));
    }

    /**
     * Starts something that may take long.
     *
     * @throws RejectedExecutionException if every thread is occupied
     */
    void start(Runnable task) {
        running.incrementAndGet();
        try {
            threads.execute(() -> {
                guarded(task).run();
                running.decrementAndGet();
            });
        } catch (RejectedExecutionException e) {
            running.decrementAndGet();
            throw e;
        }
    }

    /** Returns whether nothing that was started goes on. */
    boolean isIdle() {
        return running.get() == 0;
    }

    /** What goes wrong once must not end all that would come after. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | LinkageError e) {
                LOG.error("a round of '{}' failed", what, e);
            }
        };
    }

    @Override
    public void close() {
        repeated.forEach(task -> task.cancel(true));
        clock.shutdownNow();
        threads.shutdownNow();
    }
}
