package org.matriarch.api.repository;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * What PostgreSQL's own manifest says of a file's content.
 *
 * @param hexadecimal as the manifest has it, in lower case
 */
public record FileChecksum(Algorithm algorithm, String hexadecimal) {

    /** How it is computed. */
    public enum Algorithm {
        /** The default of PostgreSQL's; its bytes are written least significant first. */
        CRC32C,
        /** A hash. */
        SHA224,
        /** A hash. */
        SHA256,
        /** A hash. */
        SHA384,
        /** A hash. */
        SHA512
    }

    /** A checksum that is being computed. Used by one thread. */
    public interface Running {

        /** Takes the next bytes, all that are left in the buffer. */
        void update(ByteBuffer bytes);

        /** Returns what the bytes come to, as {@link FileChecksum#hexadecimal} has it. */
        String end();
    }

    /** Begins to compute the checksum of other bytes. */
    public Running begin() {
        return algorithm == Algorithm.CRC32C ? new Crc() : new Hash(digest());
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-" + algorithm.name().substring("SHA".length()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // OpenJDK has them all
        }
    }

    private static final class Crc implements Running {

        private final Checksum crc = new CRC32C();

        @Override
        public void update(ByteBuffer bytes) {
            crc.update(bytes);
        }

        @Override
        public String end() {
            return HexFormat.of().toHexDigits(Integer.reverseBytes((int) crc.getValue()));
        }
    }

    private record Hash(MessageDigest digest) implements Running {

        @Override
        public void update(ByteBuffer bytes) {
            digest.update(bytes);
        }

        @Override
        public String end() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
