package org.matriarch.core.repository.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.FileChecksum;
import org.matriarch.api.repository.FileChecksum.Algorithm;

/**
 * PostgreSQL's own manifest, {@code backup_manifest}, which backups hold that Barman took with {@code pg_basebackup}.
 *
 * <p>Source: PostgreSQL manual, "Backup Manifest Format".
 */
final class PostgresManifest {

    static final String NAME = "backup_manifest";

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LOST_MODE = 0600;
    private static final String OWN_CHECKSUM = "\"Manifest-Checksum\"";
    private static final int LAST_LINE_BYTES = 256;

    /** What it says of a file; the checksum is empty if the server was told to compute none. */
    record File(long sizeBytes, Optional<FileChecksum> checksum) {}

    private PostgresManifest() {}

    /**
     * Reads the files by their path, tablespaces below {@code pg_tblspc}.
     *
     * @throws IOException if the manifest is damaged or cannot be understood
     */
    static Map<String, File> read(InputStream in) throws IOException {
        byte[] content = in.readAllBytes();
        var files = new TreeMap<String, File>();
        String expected = "";
        try (JsonParser json = JSON.createParser(content)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("it is no JSON object");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "Files" -> readFiles(json, files);
                    case "Manifest-Checksum" -> expected = json.getText();
                    default -> json.skipChildren();
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        requireIntact(content, expected);
        return files;
    }

    /**
     * Puts what the manifest says into a list of entries, and adds those that it lists and that are not there.
     *
     * @param tablespaces what has files of its own; everything else lies in the data directory
     */
    static void apply(Map<String, File> files, List<Tablespace> tablespaces, Map<BackupPath, BackupEntry> entries) {
        files.forEach((name, file) -> {
            BackupPath path = place(name, tablespaces);
            BackupEntry there = entries.get(path);
            BackupEntry entry =
                    there == null ? new BackupEntry(path, false, 0, LOST_MODE, Instant.EPOCH, Optional.empty()) : there;
            entries.put(path, entry.asServerSays(file.sizeBytes(), file.checksum()));
        });
    }

    private static BackupPath place(String name, List<Tablespace> tablespaces) {
        for (Tablespace tablespace : tablespaces) {
            String prefix = "pg_tblspc/%s/".formatted(Long.toUnsignedString(tablespace.oid()));
            if (name.startsWith(prefix)) {
                return new BackupPath(tablespace.oid(), name.substring(prefix.length()));
            }
        }
        return BackupPath.ofData(name);
    }

    private static void readFiles(JsonParser json, Map<String, File> files) throws IOException {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            @Nullable String path = null;
            long size = -1;
            String algorithm = "";
            String checksum = "";
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                json.nextToken();
                switch (field) {
                    case "Path" -> path = json.getText();
                    case "Encoded-Path" ->
                        path = new String(HexFormat.of().parseHex(json.getText()), StandardCharsets.UTF_8);
                    case "Size" -> size = json.getLongValue();
                    case "Checksum-Algorithm" -> algorithm = json.getText().toUpperCase(Locale.ROOT);
                    case "Checksum" -> checksum = json.getText().toLowerCase(Locale.ROOT);
                    default -> json.skipChildren();
                }
            }
            if (path == null || size < 0) {
                throw new IOException("a file has no path or no size");
            }
            // Refuses a path that leads out of the backup.
            files.put(BackupPath.ofData(path).path(), new File(size, checksum(algorithm, checksum)));
        }
    }

    private static Optional<FileChecksum> checksum(String algorithm, String value) {
        return algorithm.isEmpty()
                ? Optional.empty()
                : Optional.of(new FileChecksum(Algorithm.valueOf(algorithm), value));
    }

    /** Its last line holds the SHA-256 of everything before that line. */
    private static void requireIntact(byte[] content, String expected) throws IOException {
        int from = Math.max(0, content.length - LAST_LINE_BYTES);
        int last =
                new String(content, from, content.length - from, StandardCharsets.ISO_8859_1).lastIndexOf(OWN_CHECKSUM);
        FileChecksum.Running sum = new FileChecksum(Algorithm.SHA256, expected).begin();
        sum.update(ByteBuffer.wrap(content, 0, from + Math.max(0, last)));
        String actual = sum.end();
        if (!actual.equals(expected)) {
            throw new IOException("its own checksum is %s, it says '%s'".formatted(actual, expected));
        }
    }
}
