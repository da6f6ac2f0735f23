package org.matriarch.core.wal.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** The threads that archive for one server: as many as there are processors, there only while there is work. */
final class ArchiveWorkers {

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final String server;
    private final int count;
    private final Semaphore free;
    private final ThreadPoolExecutor threads;

    ArchiveWorkers(String server, int count) {
        this.server = server;
        this.count = count;
        this.free = new Semaphore(count);
        var numbers = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                count, count, IDLE.toMillis(), TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> {
                    var thread =
                            new Thread(task, "matriarch-archive-%s-%d".formatted(server, numbers.incrementAndGet()));
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Begins tasks in order, no more of them at a time than there are threads, and returns when all that were begun have
     * ended. Called by one thread.
     *
     * @param goOn asked before each task; the rest is left out once it says no
     */
    void run(List<Runnable> tasks, BooleanSupplier goOn) throws InterruptedException {
        for (Runnable task : tasks) {
            free.acquire();
            if (!goOn.getAsBoolean()) {
                free.release();
                break;
            }
            try {
                threads.execute(() -> {
                    try {
                        task.run();
                    } finally {
                        free.release();
                    }
                });
            } catch (RejectedExecutionException e) {
                free.release(); // it was ended in this moment
                break;
            }
        }
        free.acquire(count);
        free.release(count);
    }

    /** Ends the threads in what they have in hand. */
    void interrupt() {
        if (free.availablePermits() < count) {
            Interruptions.begin(server, threads::shutdownNow);
        } else {
            threads.shutdown();
        }
    }

    /** Returns whether all that was in hand has ended in time. */
    boolean awaitEnd(Duration timeout) throws InterruptedException {
        // Not by the executor: it keeps everybody out while it interrupts.
        boolean ended = free.tryAcquire(count, timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (ended) {
            free.release(count);
        }
        return ended;
    }
}
