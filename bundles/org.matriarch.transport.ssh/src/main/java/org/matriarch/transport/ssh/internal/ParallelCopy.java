package org.matriarch.transport.ssh.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransportException;

/** Copies many files over several connections. The first that fails ends all. Used once. */
final class ParallelCopy {

    private final SshHost host;
    private final TransferReceiver receiver;
    private final Map<Long, Throttle> throttlesByArea;
    private final List<Connection> connections = new ArrayList<>();
    private final Queue<RemoteFile> queue = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    ParallelCopy(SshHost host, TransferReceiver receiver, Map<Long, Throttle> throttlesByArea) {
        this.host = host;
        this.receiver = receiver;
        this.throttlesByArea = Map.copyOf(throttlesByArea);
    }

    /** Copies files, the first ones first, and returns when all are copied. Nobody is at work any more afterwards. */
    void copy(List<RemoteFile> files, int jobs) throws IOException, InterruptedException {
        queue.addAll(files);
        try {
            for (int i = 0; i < jobs; i++) {
                connections.add(Connection.open(host));
            }
            work();
        } finally {
            connections.forEach(Connection::close);
        }
        rethrow();
    }

    private void work() throws InterruptedException {
        var running = new CountDownLatch(connections.size());
        var threads = new ArrayList<Thread>();
        for (Connection connection : connections) {
            var thread = new Thread(
                    () -> {
                        try {
                            work(connection);
                        } finally {
                            running.countDown();
                        }
                    },
                    "%s-ssh-%d".formatted(Thread.currentThread().getName(), threads.size() + 1));
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
        boolean ended = false;
        try {
            running.await();
            ended = true;
        } finally {
            if (!ended) {
                stop();
                threads.forEach(Thread::interrupt);
                awaitEnd(threads);
            }
        }
    }

    private void work(Connection connection) {
        var copier = new FileCopier(connection, receiver);
        try {
            for (RemoteFile file = queue.poll(); file != null; file = queue.poll()) {
                copier.copy(file, requireNonNull(throttlesByArea.get(file.path().tablespaceOid())));
            }
        } catch (IOException | RuntimeException e) {
            failure.compareAndSet(null, e);
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // by the one who waits, who knows why
        }
    }

    /** Lets nothing more begin, and breaks off what is on its way. */
    private void stop() {
        queue.clear();
        connections.forEach(Connection::close);
    }

    /** The files that are open belong to a backup which ends when we return. */
    private static void awaitEnd(List<Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void rethrow() throws IOException {
        Exception first = failure.get();
        if (first instanceof IOException e) {
            throw e;
        }
        if (first instanceof RuntimeException e) {
            throw e;
        }
        if (first != null) {
            throw new TransportException(String.valueOf(first.getMessage()), true, first);
        }
    }
}
