package org.matriarch.http.internal.command;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;

/**
 * Carries bytes from the thread of a command to the thread that sends them. The writer waits while the pipe is full and
 * somebody reads; what nobody reads is dropped after a while, so that a command cannot hang on its own messages.
 */
final class BytePipe extends OutputStream {

    private static final int CAPACITY = 64 * 1024;
    private static final long READER_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final byte[] ring = new byte[CAPACITY];
    private int start;
    private int count;
    private boolean ended;
    private boolean abandoned;
    private boolean reading;

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            awaitRoom();
            if (abandoned) {
                return;
            }
            int position = (start + count) % CAPACITY;
            int part = Math.min(length - done, Math.min(CAPACITY - count, CAPACITY - position));
            System.arraycopy(bytes, offset + done, ring, position, part);
            count += part;
            done += part;
            notifyAll();
        }
    }

    private void awaitRoom() throws IOException {
        long giveUp = System.nanoTime() + READER_NANOS;
        while (count == CAPACITY && !abandoned) {
            try {
                wait(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while writing", e);
            }
            if (!reading && System.nanoTime() - giveUp > 0) {
                abandoned = true;
            }
        }
    }

    /** Nothing more will be written. */
    @Override
    public synchronized void close() {
        ended = true;
        notifyAll();
    }

    /** Nobody will read any more: what is written from now on is dropped. */
    synchronized void abandon() {
        abandoned = true;
        notifyAll();
    }

    /** Waits for bytes and takes them; returns -1 at the end. */
    synchronized int read(byte[] buffer) throws InterruptedException {
        reading = true;
        while (count == 0) {
            if (ended || abandoned) {
                return -1;
            }
            wait();
        }
        int part = Math.min(buffer.length, Math.min(count, CAPACITY - start));
        System.arraycopy(ring, start, buffer, 0, part);
        start = (start + part) % CAPACITY;
        count -= part;
        notifyAll();
        return part;
    }
}
