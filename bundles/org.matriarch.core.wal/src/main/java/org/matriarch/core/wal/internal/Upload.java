package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;

/** Writes what somebody hands over into a temporary file, as large as it may be and no larger. Used by one thread. */
final class Upload {

    private static final int BUFFER_BYTES = 1 << 18;
    private static final HexFormat HEX = HexFormat.of();

    private final WalFileName name;
    private final InputStream content;
    private final MessageDigest digest = sha256();
    private final byte[] buffer = new byte[BUFFER_BYTES];

    Upload(WalFileName name, InputStream content) {
        this.name = name;
        this.content = content;
    }

    /** Writes the file, all of it or as much as shows that it is too large, and compares its checksum; syncs nothing. */
    void writeTo(WalDisk.OpenFile file, Path path, Supplier<Optional<String>> sha256) {
        int length = read();
        long most = mostBytes(length) + 1;
        long written = 0;
        while (length > 0 && written < most) {
            digest.update(buffer, 0, length);
            write(file, path, length, written);
            written += length;
            length = read();
        }
        if (written >= most) {
            return; // its size will be refused
        }
        String found = HEX.formatHex(digest.digest());
        Optional<String> sent = sha256.get();
        if (sent.isPresent() && !sent.get().equalsIgnoreCase(found)) {
            throw damaged(
                    "%d bytes came, with the SHA-256 %s instead of %s".formatted(written, found, sent.get()), null);
        }
    }

    private long mostBytes(int length) {
        if (!WalContent.isSegment(name) || length < WalHeader.LENGTH) {
            return WalContent.SMALL_FILE_BYTES;
        }
        return WalHeader.parse(buffer).map(WalHeader::segmentSizeBytes).orElse(WalContent.SMALL_FILE_BYTES);
    }

    private int read() {
        try {
            return content.readNBytes(buffer, 0, BUFFER_BYTES);
        } catch (IOException e) {
            throw damaged("the sender broke off: " + e.getMessage(), e);
        }
    }

    private void write(WalDisk.OpenFile file, Path path, int length, long position) {
        try {
            file.write(ByteBuffer.wrap(buffer, 0, length), position);
        } catch (IOException e) {
            throw DiskFailure.of("write '%s'".formatted(name), path, e);
        }
    }

    private MatriarchException damaged(String what, @Nullable IOException cause) {
        return new MatriarchException(
                ErrorCode.WAL_TRANSFER,
                "'%s' did not arrive as it was sent: %s".formatted(name, what),
                "nothing was kept; it will be taken when it is sent again, whole.",
                cause);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has it", e);
        }
    }
}
