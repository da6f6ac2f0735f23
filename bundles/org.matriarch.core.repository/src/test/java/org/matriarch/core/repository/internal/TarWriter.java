package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Writes tar archives as PostgreSQL and other programs do, header by header. */
final class TarWriter {

    private static final int BLOCK = 512;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarWriter file(String path, String content) {
        return entry('0', path, content.getBytes(UTF_8), "");
    }

    TarWriter directory(String path) {
        return entry('5', path, new byte[0], "");
    }

    TarWriter link(String path, String target) {
        return entry('2', path, new byte[0], target);
    }

    TarWriter entry(char type, String path, byte[] content, String target) {
        out.writeBytes(header(type, path, "%011o ".formatted(content.length).getBytes(UTF_8), target));
        return padded(content);
    }

    /** Adds a header with a size as bytes. */
    TarWriter raw(byte[] header) {
        out.writeBytes(header);
        return this;
    }

    TarWriter padded(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & (BLOCK - 1)]);
        return this;
    }

    /** Returns the archive, with the two empty blocks at its end. */
    byte[] end() {
        out.writeBytes(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    /** Returns what is written so far. */
    byte[] torn() {
        return out.toByteArray();
    }

    static byte[] header(char type, String path, byte[] size, String target) {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        block.put(0, path.getBytes(UTF_8));
        block.put(100, "0000640 ".getBytes(UTF_8));
        block.put(124, size);
        block.put(136, "15105150352 ".getBytes(UTF_8));
        block.put(148, "        ".getBytes(UTF_8));
        block.put(156, (byte) type);
        block.put(157, target.getBytes(UTF_8));
        block.put(257, "ustar\0".getBytes(UTF_8));
        int sum = 0;
        for (byte each : block.array()) {
            sum += each & 0xff;
        }
        block.put(148, "%06o\0 ".formatted(sum).getBytes(UTF_8));
        return block.array();
    }
}
