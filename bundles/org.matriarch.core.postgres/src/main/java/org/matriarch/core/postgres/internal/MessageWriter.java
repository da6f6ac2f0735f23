package org.matriarch.core.postgres.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Sends messages, each whole, whichever threads send. */
final class MessageWriter {

    private static final Instant POSTGRES_EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final int STATUS_BYTES = 34;

    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();

    MessageWriter(OutputStream out) {
        this.out = out;
    }

    /** Sends a message of a type. */
    void send(char type, byte[]... parts) throws IOException {
        byte[] message = new byte[5 + size(parts)];
        message[0] = (byte) type;
        Bytes.putInt(message, 1, message.length - 1);
        copy(parts, message, 5);
        write(message);
    }

    /** Sends a message of the start-up phase, which has no type. */
    void sendUntyped(byte[]... parts) throws IOException {
        byte[] message = new byte[4 + size(parts)];
        Bytes.putInt(message, 0, message.length);
        copy(parts, message, 4);
        write(message);
    }

    /** Sends a simple query. */
    void query(String command) throws IOException {
        send('Q', Bytes.ofString(command));
    }

    /** Sends a standby status update. */
    void standbyStatus(long written, long flushed, boolean replyRequested) throws IOException {
        byte[] status = new byte[STATUS_BYTES];
        status[0] = 'r';
        Bytes.putLong(status, 1, written);
        Bytes.putLong(status, 9, flushed);
        // Nothing is ever replayed here, so the applied position stays invalid.
        Bytes.putLong(status, 17, 0);
        Bytes.putLong(status, 25, ChronoUnit.MICROS.between(POSTGRES_EPOCH, Instant.now()));
        status[33] = (byte) (replyRequested ? 1 : 0);
        send('d', status);
    }

    /** Sends Terminate unless another thread is sending just now. */
    void terminate() throws IOException {
        if (lock.tryLock()) {
            try {
                send('X');
            } finally {
                lock.unlock();
            }
        }
    }

    private void write(byte[] message) throws IOException {
        lock.lock();
        try {
            out.write(message);
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    private static int size(byte[][] parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        return size;
    }

    private static void copy(byte[][] parts, byte[] message, int start) {
        int at = start;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, message, at, part.length);
            at += part.length;
        }
    }
}
