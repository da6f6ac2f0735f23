package org.matriarch.core.recovery.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads of one restore. The first failure stops all of them. Used by one thread. */
final class Workers implements AutoCloseable {

    /** One piece of work. */
    @FunctionalInterface
    interface Task {
        /** Does the work. */
        void run() throws IOException, InterruptedException;
    }

    private final ExecutorService executor;

    Workers(String server, int threads) {
        executor = Executors.newFixedThreadPool(threads, named("matriarch-restore-" + server));
    }

    /** Returns what makes threads with numbered names. */
    static ThreadFactory named(String prefix) {
        var number = new AtomicInteger();
        return task -> new Thread(task, prefix + "-" + number.incrementAndGet());
    }

    /** Runs all tasks, in no order, and returns when the last has ended. */
    void runAll(List<Task> tasks) throws IOException, InterruptedException {
        CompletionService<Boolean> completion = new ExecutorCompletionService<>(executor);
        var futures = new ArrayList<Future<Boolean>>(tasks.size());
        for (Task task : tasks) {
            futures.add(completion.submit(asCallable(task)));
        }
        try {
            for (int ended = 0; ended < tasks.size(); ended++) {
                completion.take().get();
            }
        } catch (ExecutionException e) {
            rethrow(requireNonNull(e.getCause(), "a failed task has a cause"));
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static Callable<Boolean> asCallable(Task task) {
        return () -> {
            task.run();
            return true;
        };
    }

    private static void rethrow(Throwable cause) throws IOException, InterruptedException {
        if (cause instanceof IOException failure) {
            throw failure;
        }
        if (cause instanceof InterruptedException interruption) {
            throw interruption;
        }
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        throw new IllegalStateException(cause);
    }

    /** Stops the threads and waits for them, so that nothing is written afterwards. */
    @Override
    public void close() {
        executor.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (executor.awaitTermination(1, TimeUnit.SECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true; // what is half written must end before somebody clears it away
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
