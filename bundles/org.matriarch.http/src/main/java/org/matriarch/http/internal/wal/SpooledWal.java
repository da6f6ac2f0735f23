package org.matriarch.http.internal.wal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A WAL file as it is sent: whole, and with a checksum that is known before the first byte leaves.
 *
 * <p>An archived file is decoded once; what fails while it is decoded is told to the client as an error, not as a broken
 * connection. The temporary file has no name any more once it is open, so that nothing is left of it whatever ends us.
 */
final class SpooledWal implements AutoCloseable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final FileChannel channel;
    private final long sizeBytes;
    private final String sha256;

    private SpooledWal(FileChannel channel, long sizeBytes, String sha256) {
        this.channel = channel;
        this.sizeBytes = sizeBytes;
        this.sha256 = sha256;
    }

    /** How a file is compressed between the door and a database host; how it is archived has nothing to do with it. */
    @FunctionalInterface
    interface Packing {

        /** Returns a stream whose closing ends what is compressed. */
        OutputStream pack(OutputStream target) throws IOException;
    }

    static SpooledWal of(InputStream content, Packing packing) throws IOException {
        Path file = Files.createTempFile("matriarch-wal", null); // mode 0600
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } finally {
            Files.delete(file);
        }
        try {
            MessageDigest digest = newDigest();
            try (OutputStream target = packing.pack(new Spool(channel))) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                    digest.update(buffer, 0, count);
                    target.write(buffer, 0, count);
                }
            }
            return new SpooledWal(channel, channel.position(), HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Stays open when it is closed: it is still to be read. */
    private static final class Spool extends OutputStream {

        private final FileChannel channel;

        Spool(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap(buffer, offset, length);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }

    /** Returns how many bytes are sent. */
    long sizeBytes() {
        return sizeBytes;
    }

    /** Returns the checksum of the file itself, however it is packed. */
    String sha256() {
        return sha256;
    }

    void writeTo(OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        channel.position(0);
        for (int count = channel.read(ByteBuffer.wrap(buffer));
                count >= 0;
                count = channel.read(ByteBuffer.wrap(buffer))) {
            target.write(buffer, 0, count);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
