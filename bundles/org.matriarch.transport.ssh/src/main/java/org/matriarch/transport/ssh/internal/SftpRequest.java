package org.matriarch.transport.ssh.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A request to an SFTP server. */
final class SftpRequest {

    static final int OPEN = 3;
    static final int CLOSE = 4;
    static final int READ = 5;
    static final int WRITE = 6;
    static final int LSTAT = 7;
    static final int SETSTAT = 9;
    static final int FSETSTAT = 10;
    static final int OPENDIR = 11;
    static final int READDIR = 12;
    static final int REMOVE = 13;
    static final int MKDIR = 14;
    static final int RMDIR = 15;
    static final int STAT = 17;
    static final int READLINK = 19;
    static final int SYMLINK = 20;

    static final int FOR_READING = 0x1;
    static final int FOR_WRITING = 0x2;
    static final int CREATE = 0x8;
    static final int MUST_NOT_EXIST = 0x20;

    /** A write with as much content as every server takes has to fit. */
    static final int LARGEST = 34_000;

    private static final int ORDINARY = 256;
    private static final int WITH_PERMISSIONS = 0x4;

    private final int type;
    private final int id;
    private final ByteArrayOutputStream bytes;
    private final DataOutputStream body;

    SftpRequest(int type, int id) {
        this.type = type;
        this.id = id;
        bytes = new ByteArrayOutputStream(type == WRITE ? LARGEST : ORDINARY);
        body = new DataOutputStream(bytes);
    }

    /** Returns the number by which its answer is known. */
    int id() {
        return id;
    }

    /** Appends a text. */
    SftpRequest text(String text) {
        byte[] encoded = text.getBytes(UTF_8);
        return data(encoded, 0, encoded.length);
    }

    /** Appends a path. */
    SftpRequest path(Path path) {
        return text(path.toString());
    }

    /** Appends bytes and how many they are. */
    SftpRequest data(byte[] content, int offset, int length) {
        number(length);
        bytes.write(content, offset, length);
        return this;
    }

    /** Appends a number of 32 bits. */
    SftpRequest number(int number) {
        try {
            body.writeInt(number);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // never: it is memory
        }
    }

    /** Appends a number of 64 bits. */
    SftpRequest offset(long offset) {
        return number((int) (offset >>> Integer.SIZE)).number((int) offset);
    }

    /** Appends attributes of which only the permissions are given. */
    SftpRequest permissions(int mode) {
        return number(WITH_PERMISSIONS).number(mode);
    }

    /** Appends attributes of which none is given. */
    SftpRequest noAttributes() {
        return number(0);
    }

    void writeTo(DataOutputStream out) throws IOException {
        out.writeInt(1 + Integer.BYTES + bytes.size());
        out.writeByte(type);
        out.writeInt(id);
        bytes.writeTo(out);
    }
}
