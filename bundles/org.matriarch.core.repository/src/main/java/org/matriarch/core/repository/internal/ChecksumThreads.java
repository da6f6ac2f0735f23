package org.matriarch.core.repository.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Computes SHA-256 beside the threads that bring the bytes, which then have a core for themselves.
 *
 * <p>The chunks of one file are taken in order, those of several files side by side. At most {@link #CHUNKS} chunks are on
 * their way: whoever is faster than that waits.
 */
final class ChecksumThreads implements AutoCloseable {

    static final int CHUNK_BYTES = 128 << 10;
    private static final int CHUNKS = 16;

    private final ExecutorService threads;
    private final Semaphore room = new Semaphore(CHUNKS);
    private final Queue<byte[]> spare = new ConcurrentLinkedQueue<>();

    ChecksumThreads(String name) {
        var number = new AtomicInteger();
        threads = Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "matriarch-checksum-%s-%d".formatted(name, number.incrementAndGet()));
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Returns the checksum of nothing yet. */
    Checksum begin() {
        return new Checksum();
    }

    /** Ends the threads once they have done what they were given. */
    @Override
    public void close() {
        threads.shutdown();
    }

    /** Returns an array of {@link #CHUNK_BYTES} bytes. */
    byte[] chunk() {
        byte[] chunk = spare.poll();
        return chunk != null ? chunk : new byte[CHUNK_BYTES];
    }

    /** Takes back an array that came from {@link #chunk}. */
    void release(byte[] chunk) {
        if (spare.size() < CHUNKS) {
            spare.add(chunk);
        }
    }

    /** The checksum of one file. Used by one thread. */
    final class Checksum {

        private final MessageDigest digest = sha256();
        private CompletableFuture<Void> done = CompletableFuture.completedFuture(null);

        /** Adds a full chunk, which belongs to the checksum from now on. */
        void add(byte[] chunk) {
            room.acquireUninterruptibly();
            done = done.thenRunAsync(
                    () -> {
                        digest.update(chunk);
                        release(chunk);
                        room.release();
                    },
                    threads);
        }

        /** Adds the last bytes and returns the checksum of all in hexadecimal. */
        String end(byte[] buffer, int length) {
            done.join();
            digest.update(buffer, 0, length);
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
