package org.matriarch.transport.ssh.internal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What an SFTP server answered. */
final class SftpAnswer {

    /** Everything is as asked. */
    static final int OK = 0;

    /** There is no more. */
    static final int END = 1;

    /** There is nothing of that name. */
    static final int MISSING = 2;

    /** We may not. */
    static final int DENIED = 3;

    private static final int WITH_SIZE = 0x1;
    private static final int WITH_OWNER = 0x2;
    private static final int WITH_PERMISSIONS = 0x4;
    private static final int WITH_TIMES = 0x8;
    private static final int EXTENDED = 0x80000000;

    private final int type;
    private final ByteBuffer body;

    SftpAnswer(int type, ByteBuffer body) {
        this.type = type;
        this.body = body;
    }

    /** What a file is like. */
    record Attributes(long sizeBytes, int mode) {}

    /** Returns the status; 0 for an answer that brings what was asked for. */
    int status() {
        return type == Sftp.STATUS ? body.duplicate().getInt() : OK;
    }

    /** Returns what the server says of the status. */
    String message() {
        if (type != Sftp.STATUS) {
            return "";
        }
        ByteBuffer rest = body.duplicate();
        rest.getInt();
        return rest.remaining() > Integer.BYTES ? Sftp.text(rest) : "";
    }

    /** Returns the body of an answer of a type. */
    ByteBuffer body(int expectedType) throws IOException {
        if (type != expectedType) {
            throw new IOException("the SFTP server answers with %d, not %d".formatted(type, expectedType));
        }
        return body;
    }

    /** Reads attributes. */
    static Attributes attributes(ByteBuffer from) {
        int flags = from.getInt();
        long size = (flags & WITH_SIZE) == 0 ? 0 : from.getLong();
        if ((flags & WITH_OWNER) != 0) {
            from.getLong();
        }
        int mode = (flags & WITH_PERMISSIONS) == 0 ? 0 : from.getInt();
        if ((flags & WITH_TIMES) != 0) {
            from.getLong();
        }
        if ((flags & EXTENDED) != 0) {
            for (int count = from.getInt(); count > 0; count--) {
                Sftp.bytes(from);
                Sftp.bytes(from);
            }
        }
        return new Attributes(size, mode);
    }
}
