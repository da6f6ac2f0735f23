package org.matriarch.core.repository.internal;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;

/** Reads and writes {@code <id>-manifest.json}: every file and directory of a backup with its metadata and checksum. */
final class Manifest {

    private static final JsonFactory JSON = new JsonFactory();
    private static final int VERSION = 1;

    private Manifest() {}

    /**
     * What a manifest says before the entries, so that it is read without them.
     *
     * @param serverTime what the server's clock said before the first byte was copied
     */
    record Totals(long files, long bytes, Optional<Instant> serverTime) {

        static Totals of(List<BackupEntry> entries, Optional<Instant> serverTime) {
            List<BackupEntry> files =
                    entries.stream().filter(entry -> !entry.directory()).toList();
            return new Totals(
                    files.size(),
                    files.stream().mapToLong(BackupEntry::sizeBytes).sum(),
                    serverTime);
        }
    }

    static void write(OutputStream out, Totals totals, List<BackupEntry> entries) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out, JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeNumberField("version", VERSION);
            json.writeNumberField("fileCount", totals.files());
            json.writeNumberField("sizeBytes", totals.bytes());
            if (totals.serverTime().isPresent()) {
                json.writeStringField("serverTime", totals.serverTime().get().toString());
            }
            json.writeArrayFieldStart("entries");
            for (BackupEntry entry : entries) {
                json.writeRaw('\n'); // one line per entry, for people with grep
                writeEntry(json, entry);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void writeEntry(JsonGenerator json, BackupEntry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("path", entry.path().path());
        if (entry.path().tablespaceOid() != 0) {
            json.writeNumberField("tablespace", entry.path().tablespaceOid());
        }
        if (entry.directory()) {
            json.writeBooleanField("directory", true);
        } else {
            json.writeNumberField("size", entry.sizeBytes());
        }
        json.writeStringField("mode", "%04o".formatted(entry.mode()));
        json.writeStringField("mtime", entry.modified().toString());
        if (entry.sha256().isPresent()) {
            json.writeStringField("sha256", entry.sha256().get());
        }
        json.writeEndObject();
    }

    /** Returns an entry as one line. */
    static String formatEntry(BackupEntry entry) {
        var line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            writeEntry(json, entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a string takes everything
        }
        return line.toString();
    }

    /**
     * Reads such a line.
     *
     * @throws IOException if it is torn
     */
    static BackupEntry parseEntry(String line) throws IOException {
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("the line is no JSON object");
            }
            return readEntry(json);
        }
    }

    /** Reads the totals alone, from the first bytes. */
    static Totals readTotals(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            return readHead(json);
        }
    }

    /**
     * Reads the entries.
     *
     * @throws IOException also if the content is not a whole manifest of a version that is known here
     */
    static List<BackupEntry> read(InputStream in) throws IOException {
        try (JsonParser json = JSON.createParser(in)) {
            Totals totals = readHead(json);
            var entries = new ArrayList<BackupEntry>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                entries.add(readEntry(json));
            }
            if (json.currentToken() != JsonToken.END_ARRAY
                    || json.nextToken() != JsonToken.END_OBJECT
                    || !totals.equals(Totals.of(entries, totals.serverTime()))) {
                throw new IOException("the manifest is not whole");
            }
            return entries;
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Totals readHead(JsonParser json) throws IOException {
        long version = 0;
        long files = 0;
        long bytes = 0;
        Optional<Instant> serverTime = Optional.empty();
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("the manifest is no JSON object");
        }
        String field = json.nextFieldName();
        while (!"entries".equals(field)) {
            if (field == null) {
                throw new IOException("the manifest lists no entries");
            }
            json.nextToken();
            switch (field) {
                case "version" -> version = json.getLongValue();
                case "fileCount" -> files = json.getLongValue();
                case "sizeBytes" -> bytes = json.getLongValue();
                case "serverTime" -> serverTime = Optional.of(time(json.getText()));
                default -> json.skipChildren();
            }
            field = json.nextFieldName();
        }
        json.nextToken();
        if (version != VERSION) {
            throw new IOException("the manifest is of version %d, not %d".formatted(version, VERSION));
        }
        return new Totals(files, bytes, serverTime);
    }

    private static Instant time(String text) throws IOException {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static BackupEntry readEntry(JsonParser json) throws IOException {
        String path = "";
        long oid = 0;
        boolean directory = false;
        long size = 0;
        int mode = 0;
        Instant modified = Instant.EPOCH;
        @Nullable String sha256 = null;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "path" -> path = json.getText();
                case "tablespace" -> oid = json.getLongValue();
                case "directory" -> directory = json.getBooleanValue();
                case "size" -> size = json.getLongValue();
                case "mode" -> mode = Integer.parseInt(json.getText(), 8);
                case "mtime" -> modified = Instant.parse(json.getText());
                case "sha256" -> sha256 = json.getText();
                default -> json.skipChildren();
            }
        }
        return new BackupEntry(new BackupPath(oid, path), directory, size, mode, modified, Optional.ofNullable(sha256));
    }
}
