package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.WalFeedback;
import org.matriarch.api.postgres.WalStreamHandler;

/**
 * Writes the WAL of one timeline into segment files, and says it is flushed only when it is.
 *
 * <p>The receiving thread writes, a second one syncs, so that the stream goes on and keep-alives are answered while a disk
 * is slow. But a receiving thread that has all WAL there is and no other segment to wait for syncs itself, as long as the
 * disk is quick: a commit may be waiting, and to wake another thread costs a good part of a sync. Should the disk be slow
 * just then, the flusher answers the server instead. Only who holds {@code syncing} syncs.
 *
 * <p>What both share: {@code written} is set by the receiving thread after the bytes are in the file; whoever syncs
 * reads it before and takes no more than that for flushed. Segments are completed by the flusher, strictly in order; one
 * is renamed to its final name only when its content is synced, and counts as flushed only when its name is, too.
 *
 * <p>After a failed sync nothing can be trusted that was written since the last good one: the writer then stops for good,
 * and the next one begins at the first incomplete segment and writes it again.
 */
final class SegmentWriter implements WalStreamHandler, AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 17;

    /** Syncing begins at the latest after this much, though more is waiting to be read. */
    private static final long SYNC_EVERY_BYTES = 4L << 20;

    /** How many segments may wait for the flusher before the stream has to. */
    private static final int MOST_UNSYNCED_SEGMENTS = 8;

    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(10);

    /** How often the server is answered while a disk is slow. */
    private static final long ANSWER_SECONDS = 1;

    /** A disk is quick while its syncs take less: beyond, what a hand-over costs is nothing. */
    private static final Duration QUICK_SYNC = Duration.ofMillis(20);

    /** What the receiver wants to know of its stream. Called on the streaming and the flushing thread. */
    interface Listener {

        /** The stream has begun. */
        void streaming();

        /** A segment is complete, on disk for good, under its final name. */
        void completed(WalFileName segment);
    }

    /** A segment that is being written or waits to be synced. */
    private static final class Segment {

        final WalFileName name;
        final long start;
        final long end;
        final WalDisk.OpenFile file;

        /** Whether the directory entry is on disk; guarded by syncing. */
        boolean linked;

        Segment(WalFileName name, long start, long end, WalDisk.OpenFile file) {
            this.name = name;
            this.start = start;
            this.end = end;
            this.file = file;
        }
    }

    private final StreamingDirectory directory;
    private final SegmentPreparer preparer;
    private final int timeline;
    private final long segmentSizeBytes;
    private final Listener listener;
    private final long quickSyncNanos;
    private final Thread flusher;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by lock; oldest first, the last may be the one that is written to. */
    private final Deque<Segment> segments = new ArrayDeque<>();

    /** Guarded by lock. */
    private boolean syncWanted;

    /** Guarded by lock. */
    private boolean ending;

    /** Held while syncing; never waited for by the receiving thread. */
    private final ReentrantLock syncing = new ReentrantLock();

    private volatile long written;
    private volatile long flushed;
    private volatile long serverEnd;
    private volatile boolean stopping;

    /** Whether the last sync was a quick one. */
    private volatile boolean quick = true;

    private volatile @Nullable IOException failure;
    private volatile WalFeedback feedback = () -> {};

    /** Used by the receiving thread only. */
    private @Nullable Segment current;

    /** How far syncing was asked for last. */
    private volatile long syncAsked;

    SegmentWriter(
            String server,
            StreamingDirectory directory,
            SegmentPreparer preparer,
            ReceiveStart start,
            long segmentSizeBytes,
            Listener listener) {
        this(server, directory, preparer, start, segmentSizeBytes, listener, QUICK_SYNC);
    }

    SegmentWriter(
            String server,
            StreamingDirectory directory,
            SegmentPreparer preparer,
            ReceiveStart start,
            long segmentSizeBytes,
            Listener listener,
            Duration quickSync) {
        this.directory = directory;
        this.preparer = preparer;
        this.timeline = start.timeline();
        this.segmentSizeBytes = segmentSizeBytes;
        this.listener = listener;
        this.written = start.position().value();
        this.flushed = written;
        this.syncAsked = written;
        this.quickSyncNanos = quickSync.toNanos();
        this.flusher = new Thread(this::flush, "matriarch-flush-" + server);
        flusher.setDaemon(true);
        flusher.start();
    }

    @Override
    public void begin(WalFeedback connection) {
        feedback = connection;
        listener.streaming();
    }

    @Override
    public void serverAt(Lsn end) {
        serverEnd = end.value();
    }

    @Override
    public void received(Lsn start, byte[] data, int offset, int length) throws IOException {
        throwFailure();
        if (start.value() != written) {
            throw new IOException("the server sent WAL from %s, expected was %s".formatted(start, new Lsn(written)));
        }
        int at = offset;
        int end = offset + length;
        while (at < end) {
            Segment segment = current != null ? current : openSegment();
            long position = written;
            int count = (int) Math.min(Math.min(end - at, BUFFER_BYTES), segment.end - position);
            buffer.clear();
            buffer.put(data, at, count).flip();
            segment.file.write(buffer, position - segment.start);
            at += count;
            written = position + count;
            if (written == segment.end) {
                current = null;
            }
            if (current == null || written - syncAsked >= SYNC_EVERY_BYTES) {
                wantSync();
            }
        }
    }

    @Override
    public void drained() throws IOException {
        throwFailure();
        if (written != syncAsked && !syncHere()) {
            wantSync();
        }
    }

    @Override
    public boolean stopRequested() {
        return stopping || failure != null;
    }

    @Override
    public Lsn written() {
        return new Lsn(written);
    }

    @Override
    public Lsn flushed() {
        return new Lsn(flushed);
    }

    @Override
    public Duration statusInterval() {
        return STATUS_INTERVAL;
    }

    /** Returns the server's own end as last heard; zero if never. */
    Lsn serverEnd() {
        return new Lsn(serverEnd);
    }

    /** Makes the stream end soon. */
    void stop() {
        stopping = true;
    }

    /** Waits until all that was received is on disk for good. */
    void finish() throws IOException {
        endFlusher();
        throwFailure();
    }

    /** Ends the writer; what was received and could be synced is on disk. */
    @Override
    public void close() throws IOException {
        endFlusher();
        lock.lock();
        try {
            for (Segment segment : segments) {
                segment.file.close();
            }
            segments.clear();
        } finally {
            lock.unlock();
        }
    }

    private void endFlusher() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        // To be interrupted must not leave acknowledged WAL unsynced behind a thread that is still at work.
        boolean interrupted = false;
        while (flusher.isAlive()) {
            try {
                flusher.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() throws IOException {
        IOException cause = failure;
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
    }

    private void wantSync() {
        syncAsked = written;
        lock.lock();
        try {
            syncWanted = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Syncs in the receiving thread if that has nothing better to do; returns whether it did. Only the segment that is
     * written to: what is complete was handed over. And not when told to stop, since that may interrupt this thread, which
     * would close the file.
     */
    private boolean syncHere() throws IOException {
        boolean idle = quick && !stopping && written >= serverEnd && unsynced() == 1;
        if (!idle || !syncing.tryLock()) {
            return false;
        }
        try {
            syncAsked = written;
            syncAll();
            return true;
        } finally {
            syncing.unlock();
        }
    }

    private Segment openSegment() throws IOException {
        long start = written & -segmentSizeBytes;
        WalFileName name = WalFileName.ofSegment(timeline, new Lsn(start), segmentSizeBytes);
        try {
            awaitRoom();
            var segment = new Segment(name, start, start + segmentSizeBytes, openFile(name.partial()));
            lock.lock();
            try {
                segments.addLast(segment);
            } finally {
                lock.unlock();
            }
            current = segment;
            return segment;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a file for '%s'".formatted(name));
        }
    }

    private void awaitRoom() throws IOException, InterruptedException {
        while (unsynced() >= MOST_UNSYNCED_SEGMENTS) {
            lock.lock();
            try {
                changed.await(ANSWER_SECONDS, TimeUnit.SECONDS);
            } finally {
                lock.unlock();
            }
            throwFailure();
            feedback.report();
        }
    }

    private int unsynced() {
        lock.lock();
        try {
            return segments.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Opens the file of a segment. One that is there already was begun by an earlier writer: it may hold bytes that were
     * acknowledged and that the server can no longer send, so it is written over in place, never emptied.
     */
    private WalDisk.OpenFile openFile(WalFileName partial) throws IOException, InterruptedException {
        if (!directory.contains(partial)) {
            return preparer.take(directory.path(partial), () -> feedback.report());
        }
        WalDisk.OpenFile file = directory.disk().open(directory.path(partial));
        try {
            SegmentPreparer.fill(file, file.sizeBytes(), segmentSizeBytes);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void flush() {
        try {
            boolean more = true;
            while (more) {
                more = awaitWork();
                awaitTurn();
                try {
                    syncAll();
                } finally {
                    syncing.unlock();
                }
            }
        } catch (IOException e) {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            failure = new InterruptedIOException("interrupted while syncing");
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for something to sync, and answers for a receiving thread that is syncing; false if no more will come. */
    private boolean awaitWork() throws InterruptedException {
        while (true) {
            lock.lock();
            try {
                if (syncWanted || ending || changed.await(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                    syncWanted = false;
                    return !ending;
                }
            } finally {
                lock.unlock();
            }
            if (syncing.isLocked()) {
                feedback.report();
            }
        }
    }

    private void awaitTurn() throws InterruptedException {
        while (!syncing.tryLock(ANSWER_SECONDS, TimeUnit.SECONDS)) {
            feedback.report();
        }
    }

    /** Syncs what is written. Does nothing after a failure, though the disk may say that all is well again. */
    private void syncAll() throws IOException {
        if (failure != null) {
            return;
        }
        try {
            syncSegments();
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    private void syncSegments() throws IOException {
        for (Segment segment = oldest(); segment != null; segment = oldest()) {
            long upTo = written;
            if (upTo <= flushed) {
                return;
            }
            if (!segment.linked) {
                directory.sync();
                segment.linked = true;
            }
            long begin = System.nanoTime();
            segment.file.sync();
            quick = System.nanoTime() - begin < quickSyncNanos;
            if (upTo < segment.end) {
                flushed = upTo;
                feedback.report();
                return;
            }
            complete(segment);
        }
    }

    private void complete(Segment segment) throws IOException {
        segment.file.close();
        directory.disk().rename(directory.path(segment.name.partial()), directory.path(segment.name));
        directory.sync();
        lock.lock();
        try {
            segments.removeFirst();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        flushed = segment.end;
        feedback.report();
        listener.completed(segment.name);
    }

    private @Nullable Segment oldest() {
        lock.lock();
        try {
            return segments.peekFirst();
        } finally {
            lock.unlock();
        }
    }
}
