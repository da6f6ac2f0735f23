package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.transport.TransportException;

/** Threads of one transfer, so that whoever waits for them can be interrupted. When it is closed, nobody is at work. */
final class Tasks implements AutoCloseable {

    private final ExecutorService threads;
    private final Runnable stop;

    /** Takes what makes tasks end soon. */
    Tasks(int parallel, Runnable stop) {
        this.stop = stop;
        String name = Thread.currentThread().getName();
        var number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(parallel, task -> {
            var thread = new Thread(task, "%s-rsync-%d".formatted(name, number.incrementAndGet()));
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Does something and waits for it. */
    <T> T one(Callable<T> task) throws IOException, InterruptedException {
        return all(List.of(task)).get(0);
    }

    /** Does several things and waits for all, or for the first that fails; returns the results in no order. */
    <T> List<T> all(List<Callable<T>> tasks) throws IOException, InterruptedException {
        var running = new ExecutorCompletionService<T>(threads);
        tasks.forEach(running::submit);
        var results = new ArrayList<T>();
        try {
            while (results.size() < tasks.size()) {
                results.add(running.take().get());
            }
            return results;
        } catch (ExecutionException e) {
            stop.run();
            throw failure(e.getCause());
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        if (cause instanceof IOException e) {
            return e;
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new TransportException("a task of the transfer ended: " + cause, true, cause);
    }

    /** The files that are open belong to a backup which ends when we return. */
    @Override
    public void close() {
        stop.run();
        threads.shutdown();
        boolean interrupted = Thread.interrupted();
        boolean ended = false;
        while (!ended) {
            try {
                ended = threads.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
