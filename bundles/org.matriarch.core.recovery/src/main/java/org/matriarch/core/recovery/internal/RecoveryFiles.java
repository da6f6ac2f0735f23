package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.spi.transport.HostFiles;

/**
 * Writes the files that make PostgreSQL recover as planned: settings, the signal, and what it fetches WAL with. All of it comes
 * from the backup and the plan, and each file gets its name when it is whole: so everything may be written again.
 */
final class RecoveryFiles {

    private static final int OWNER_FILE = 0600;

    /** Byte by byte: PostgreSQL reads its files in whatever encoding they are. */
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final RestorePlan plan;
    private final BackupReader reader;
    private final HostFiles files;
    private final Layout layout;

    RecoveryFiles(RestorePlan plan, BackupReader reader, HostFiles files, Layout layout) {
        this.plan = plan;
        this.reader = reader;
        this.files = files;
        this.layout = layout;
    }

    /** Writes the settings and the signal. */
    void writeSettings() throws IOException, InterruptedException {
        disarm(layout.data().resolve("postgresql.conf"));
        Path automatic = layout.data().resolve("postgresql.auto.conf");
        write(automatic, ConfigurationFile.append(disarm(automatic), plan.settings()));
        if (plan.signalFile().isPresent()) {
            write(layout.data().resolve(plan.signalFile().get()), "");
        }
    }

    /** Writes small files that only their owner can read, by name. */
    void writeClient(Path directory, Map<String, byte[]> client) throws IOException, InterruptedException {
        for (Map.Entry<String, byte[]> file : client.entrySet()) {
            write(directory.resolve(file.getKey()), file.getValue());
        }
    }

    /** Comments out what must not take effect, keeping the original beside; returns the new text. */
    private String disarm(Path file) throws IOException, InterruptedException {
        BackupEntry entry = layout.files().get(file);
        if (entry == null) {
            return "";
        }
        String original;
        try (InputStream content = reader.open(entry.path())) {
            original = new String(content.readAllBytes(), BYTES);
        }
        String disarmed = ConfigurationFile.disarm(original, top(reader.entries()));
        if (!disarmed.equals(original)) {
            write(Path.of(file + ".origin"), original);
            write(file, disarmed);
        }
        return disarmed;
    }

    /** Returns the names of what lies in the top of the data directory. */
    static Set<String> top(List<BackupEntry> entries) {
        return entries.stream()
                .map(BackupEntry::path)
                .filter(path -> path.tablespaceOid() == 0)
                .map(path -> path.path().split("/", 2)[0])
                .collect(Collectors.toSet());
    }

    private void write(Path file, String text) throws IOException, InterruptedException {
        write(file, text.getBytes(BYTES));
    }

    private void write(Path file, byte[] content) throws IOException, InterruptedException {
        Path temporary = Path.of(file + ".matriarch");
        files.delete(temporary);
        try (HostFiles.Output out = files.create(temporary, OWNER_FILE)) {
            out.write(ByteBuffer.wrap(content));
            out.finish();
        }
        files.rename(temporary, file);
    }
}
