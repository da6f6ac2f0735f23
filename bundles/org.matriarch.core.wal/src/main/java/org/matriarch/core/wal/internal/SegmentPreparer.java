package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the file of the next segment ready, full of zeros and on disk, while the one before is still being received.
 *
 * <p>Thus a commit that waits for the receiver never waits for a file to grow, and a full disk is noticed before WAL comes.
 */
final class SegmentPreparer implements AutoCloseable {

    /** One for all: a buffer for each segment would stay in memory until the garbage collector happens to run. */
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final StreamingDirectory directory;
    private final long segmentSizeBytes;
    private final Thread thread;
    private final Object lock = new Object();

    // Guarded by lock.
    private WalDisk.@Nullable OpenFile ready;
    private @Nullable IOException failure;
    private boolean wanted = true;
    private boolean closed;

    SegmentPreparer(String server, StreamingDirectory directory, long segmentSizeBytes) {
        this.directory = directory;
        this.segmentSizeBytes = segmentSizeBytes;
        this.thread = new Thread(this::run, "matriarch-prepare-" + server);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Gives the prepared file its name and hands it over; the name is not yet synced.
     *
     * @param meanwhile called once a second while there is no file
     */
    WalDisk.OpenFile take(Path target, Runnable meanwhile) throws IOException, InterruptedException {
        WalDisk.OpenFile file = await(meanwhile);
        try {
            directory.disk().rename(temporary(), target);
        } catch (IOException e) {
            file.close();
            throw e;
        } finally {
            synchronized (lock) {
                wanted = true;
                lock.notifyAll();
            }
        }
        return file;
    }

    private WalDisk.OpenFile await(Runnable meanwhile) throws IOException, InterruptedException {
        for (; ; ) {
            synchronized (lock) {
                if (ready == null && failure == null && !closed) {
                    lock.wait(Duration.ofSeconds(1).toMillis());
                }
                WalDisk.OpenFile file = ready;
                if (file != null) {
                    ready = null;
                    return file;
                }
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                if (closed) {
                    throw new IOException("the receiver was closed");
                }
            }
            meanwhile.run();
        }
    }

    private void run() {
        try {
            while (awaitWanted()) {
                WalDisk.OpenFile file = prepare();
                synchronized (lock) {
                    ready = file;
                    lock.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (lock) {
                failure = e;
                lock.notifyAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitWanted() throws InterruptedException {
        synchronized (lock) {
            while (!wanted && !closed) {
                lock.wait();
            }
            wanted = false;
            return !closed;
        }
    }

    private WalDisk.OpenFile prepare() throws IOException {
        directory.disk().delete(temporary());
        WalDisk.OpenFile file = directory.disk().open(temporary());
        try {
            fill(file, 0, segmentSizeBytes);
            file.sync();
            return file;
        } catch (IOException e) {
            file.close();
            directory.disk().delete(temporary());
            throw e;
        }
    }

    /** Writes zeros from one position to another. */
    static void fill(WalDisk.OpenFile file, long from, long to) throws IOException {
        ByteBuffer zeros = ZEROS.duplicate();
        for (long at = from; at < to; at += zeros.limit()) {
            zeros.clear();
            zeros.limit((int) Math.min(zeros.capacity(), to - at));
            file.write(zeros, at);
        }
    }

    private Path temporary() {
        return directory.temporary("next-segment");
    }

    /** Ends the preparation and removes what was prepared. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (lock) {
            WalDisk.OpenFile file = ready;
            ready = null;
            if (file != null) {
                file.close();
                directory.disk().delete(temporary());
            }
        }
    }
}
