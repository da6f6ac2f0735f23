package org.matriarch.transport.streaming.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Builds archives byte for byte as PostgreSQL's {@code tar.c} does, sound ones and broken ones. */
final class TarBytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    TarBytes file(String name, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        header(name, '0', octal(bytes.length));
        out.writeBytes(bytes);
        out.writeBytes(new byte[-bytes.length & 511]);
        return this;
    }

    TarBytes directory(String name) {
        return header(name, '5', octal(0));
    }

    TarBytes link(String name) {
        return header(name, '2', octal(0));
    }

    TarBytes header(String name, char type, byte[] size) {
        return header(name.getBytes(UTF_8), "", type, size);
    }

    TarBytes header(byte[] name, String prefix, char type, byte[] size) {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, "0000600 ".getBytes(UTF_8));
        put(block, 124, size);
        put(block, 136, "14700000000 ".getBytes(UTF_8));
        block[156] = (byte) type;
        put(block, 257, "ustar\00000".getBytes(UTF_8));
        put(block, 345, prefix.getBytes(UTF_8));
        Arrays.fill(block, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte value : block) {
            sum += value & 0xff;
        }
        put(block, 148, "%06o\0 ".formatted(sum).getBytes(UTF_8));
        out.writeBytes(block);
        return this;
    }

    TarBytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    byte[] ended() {
        return raw(new byte[1024]).bytes();
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    static byte[] octal(long value) {
        return "%011o ".formatted(value).getBytes(UTF_8);
    }

    static byte[] binary(long value) {
        byte[] field = new byte[12];
        field[0] = (byte) 0x80;
        for (int i = 11; i > 3; i--) {
            field[i] = (byte) (value >>> (8 * (11 - i)));
        }
        return field;
    }

    private static void put(byte[] block, int offset, byte[] value) {
        System.arraycopy(value, 0, block, offset, value.length);
    }
}
