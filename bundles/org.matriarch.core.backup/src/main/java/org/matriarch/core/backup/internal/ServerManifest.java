package org.matriarch.core.backup.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code backup_manifest} that PostgreSQL sends after the files, read file by file so that a cluster of a million
 * files takes no more memory than one of ten.
 *
 * <p>Source: PostgreSQL manual, "Backup Manifest Format". Checksums of CRC-32C are written in the byte order of a
 * little-endian machine.
 */
final class ServerManifest {

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] CHECKSUM_KEY = "\"Manifest-Checksum\"".getBytes(StandardCharsets.UTF_8);

    /** A file that the server says it sent; the checksum is empty if it is not a CRC-32C. */
    record File(String path, long sizeBytes, Optional<Integer> crc32c) {}

    /** Takes the files of a manifest. */
    interface Visitor {
        /** Takes one file. */
        void file(File file);
    }

    private ServerManifest() {}

    /**
     * Reads a manifest whose own checksum is right.
     *
     * @throws IOException if it is damaged or cannot be understood, saying where
     */
    static void read(byte[] json, Visitor visitor) throws IOException {
        String expected = "";
        try (JsonParser parser = JSON.createParser(json)) {
            expect(parser, parser.nextToken(), JsonToken.START_OBJECT);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String key = parser.currentName();
                JsonToken value = parser.nextToken();
                if (key.equals("Files")) {
                    expect(parser, value, JsonToken.START_ARRAY);
                    readFiles(parser, visitor);
                } else if (key.equals("Manifest-Checksum")) {
                    expected = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            expect(parser, parser.currentToken(), JsonToken.END_OBJECT);
        }
        String actual = ownChecksum(json);
        if (!actual.equals(expected)) {
            throw new IOException("its own checksum is %s, it says %s".formatted(actual, expected));
        }
    }

    private static void readFiles(JsonParser parser, Visitor visitor) throws IOException {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            visitor.file(readFile(parser));
        }
        expect(parser, parser.currentToken(), JsonToken.END_ARRAY);
    }

    private static File readFile(JsonParser parser) throws IOException {
        @Nullable String path = null;
        long size = -1;
        String algorithm = "";
        String checksum = "";
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            switch (key) {
                case "Path" -> path = parser.getText();
                case "Encoded-Path" -> path = decode(parser.getText());
                case "Size" -> size = parser.getLongValue();
                case "Checksum-Algorithm" -> algorithm = parser.getText();
                case "Checksum" -> checksum = parser.getText();
                default -> parser.skipChildren();
            }
        }
        if (path == null || size < 0) {
            throw new IOException("a file at byte %d has no path or no size"
                    .formatted(parser.currentLocation().getByteOffset()));
        }
        return new File(
                path,
                size,
                algorithm.toUpperCase(Locale.ROOT).equals("CRC32C")
                        ? Optional.of(parseCrc32c(checksum))
                        : Optional.empty());
    }

    private static String decode(String hexadecimal) throws IOException {
        try {
            return new String(HexFormat.of().parseHex(hexadecimal), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("'%s' is not an encoded path".formatted(hexadecimal), e);
        }
    }

    private static int parseCrc32c(String hexadecimal) throws IOException {
        try {
            return Integer.reverseBytes(Integer.parseUnsignedInt(hexadecimal, 16));
        } catch (NumberFormatException e) {
            throw new IOException("'%s' is not a CRC-32C".formatted(hexadecimal), e);
        }
    }

    /** Returns the SHA-256 of everything before the line that holds it. */
    private static String ownChecksum(byte[] json) throws IOException {
        int end = json.length - CHECKSUM_KEY.length;
        while (end >= 0 && !startsAt(json, end)) {
            end--;
        }
        if (end < 0) {
            throw new IOException("it has no checksum of its own");
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(json, 0, end);
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private static boolean startsAt(byte[] json, int offset) {
        for (int i = 0; i < CHECKSUM_KEY.length; i++) {
            if (json[offset + i] != CHECKSUM_KEY[i]) {
                return false;
            }
        }
        return true;
    }

    private static void expect(JsonParser parser, @Nullable JsonToken actual, JsonToken expected) throws IOException {
        if (actual != expected) {
            throw new IOException("expected %s at byte %d, found %s"
                    .formatted(expected, parser.currentLocation().getByteOffset(), actual));
        }
    }
}
