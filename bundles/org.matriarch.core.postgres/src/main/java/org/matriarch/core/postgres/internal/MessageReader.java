package org.matriarch.core.postgres.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads messages into a buffer of its own and shows one at a time, in place.
 *
 * <p>A read timeout costs nothing: what has come of a message stays in the buffer, and the next call goes on there. The
 * message shown is valid until the next call that reads.
 */
final class MessageReader {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int HEADER_BYTES = 5;
    /** Room that a read from the socket is worth being made for. */
    private static final int WORTHWHILE_BYTES = 32 << 10;
    /** No message of a replication connection comes near; a longer one is no message. */
    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;

    private char type;
    private int offset;
    private int length;

    MessageReader(InputStream in) {
        this.in = in;
    }

    /** Returns the type of the message shown. */
    char type() {
        return type;
    }

    /** Returns the array that holds the message shown. */
    byte[] buffer() {
        return buffer;
    }

    /** Returns where the content of the message shown begins. */
    int offset() {
        return offset;
    }

    /** Returns how long the content of the message shown is. */
    int length() {
        return length;
    }

    /** Returns whether anything that was read has not been shown yet. */
    boolean hasMore() {
        return position < limit;
    }

    /**
     * Shows the next message.
     *
     * @return false if the read timed out; a later call goes on
     * @throws ReadInterruptedException if this thread is interrupted
     */
    boolean poll() throws IOException {
        if (!fill(HEADER_BYTES)) {
            return false;
        }
        int size = Bytes.getInt(buffer, position + 1);
        if (size < 4 || size > MESSAGE_BYTES_MAX) {
            throw new WireProtocolException(
                    "a message of type 0x%02x claims to have %d bytes".formatted(buffer[position] & 0xff, size));
        }
        if (!fill(1 + size)) {
            return false;
        }
        type = (char) (buffer[position] & 0xff);
        offset = position + HEADER_BYTES;
        length = size - 4;
        position += 1 + size;
        return true;
    }

    private boolean fill(int bytes) throws IOException {
        if (limit - position >= bytes) {
            return true;
        }
        makeRoom(bytes);
        while (limit - position < bytes) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ReadInterruptedException();
            }
            int count;
            try {
                count = in.read(buffer, limit, buffer.length - limit);
            } catch (SocketTimeoutException e) {
                return false;
            }
            if (count < 0) {
                throw new EOFException("the server closed the connection");
            }
            limit += count;
        }
        return true;
    }

    private void makeRoom(int bytes) {
        if (position == limit) {
            position = 0;
            limit = 0;
        }
        if (position + bytes <= buffer.length && buffer.length - limit >= WORTHWHILE_BYTES) {
            return;
        }
        byte[] target = bytes <= buffer.length ? buffer : new byte[Math.max(bytes, BUFFER_BYTES)];
        System.arraycopy(buffer, position, target, 0, limit - position);
        limit -= position;
        position = 0;
        buffer = target;
    }

    /** Returns a number of the message shown. */
    int intAt(int index) throws WireProtocolException {
        return Bytes.getInt(buffer, require(index, 4));
    }

    /** Returns a number of the message shown. */
    long longAt(int index) throws WireProtocolException {
        return Bytes.getLong(buffer, require(index, 8));
    }

    /** Returns a byte of the message shown. */
    int byteAt(int index) throws WireProtocolException {
        return buffer[require(index, 1)] & 0xff;
    }

    /** Returns the string of the message shown that begins at {@code index}. */
    String stringAt(int index) throws WireProtocolException {
        int start = offset + index;
        int end = start;
        while (end < offset + length && buffer[end] != 0) {
            end++;
        }
        if (end >= offset + length) {
            throw new WireProtocolException("a string of message '%c' does not end".formatted(type));
        }
        return new String(buffer, start, end - start, StandardCharsets.UTF_8);
    }

    /** Returns where the string that begins at {@code index} is followed by what comes next. */
    int afterString(int index) throws WireProtocolException {
        int end = index;
        while (byteAt(end) != 0) {
            end++;
        }
        return end + 1;
    }

    /** Returns a copy of a part of the message shown. */
    byte[] bytesAt(int index, int count) throws WireProtocolException {
        int start = require(index, count);
        byte[] copy = new byte[count];
        System.arraycopy(buffer, start, copy, 0, count);
        return copy;
    }

    /** Returns the fields of an ErrorResponse or NoticeResponse. */
    Map<Character, String> fields() throws WireProtocolException {
        Map<Character, String> fields = new LinkedHashMap<>();
        int index = 0;
        while (index < length && byteAt(index) != 0) {
            fields.put((char) byteAt(index), stringAt(index + 1));
            index = afterString(index + 1);
        }
        return fields;
    }

    private int require(int index, int count) throws WireProtocolException {
        if (index < 0 || count < 0 || index + count > length) {
            throw new WireProtocolException("message '%c' of %d bytes is too short".formatted(type, length));
        }
        return offset + index;
    }
}
