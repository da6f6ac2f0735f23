package org.matriarch.core.backup.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Writes manifests as PostgreSQL does. */
final class Manifests {

    private Manifests() {}

    /** Returns a manifest with {@code files} between its brackets and a right checksum of its own. */
    static byte[] of(String... files) {
        String head =
                "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n%s\n],\n\"WAL-Ranges\": [\n{ \"Timeline\": 1 }\n],\n"
                        .formatted(String.join(",\n", files));
        return (head + "\"Manifest-Checksum\": \"" + sha256(head) + "\"}\n").getBytes(UTF_8);
    }

    static String file(String path, String content) {
        return "{ \"Path\": \"%s\", \"Size\": %d, \"Last-Modified\": \"2026-11-20 12:00:00 GMT\", \"Checksum-Algorithm\": \"CRC32C\", \"Checksum\": \"%s\" }"
                .formatted(path, content.length(), crc32c(content));
    }

    static String crc32c(String content) {
        var crc = new CRC32C();
        crc.update(content.getBytes(UTF_8));
        return "%08x".formatted(Integer.reverseBytes((int) crc.getValue()));
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
