package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.BackupEnd;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.api.repository.NewBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;

/** Servers, backups and plugins that the tests of this bundle share. */
final class Samples {

    private static @Nullable PlainRepositories last;

    static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    static final Instant START = Instant.parse("2026-11-20T10:30:30.180268Z");
    static final Instant MODIFIED = Instant.parse("2026-11-19T08:00:00.123456Z");
    static final String SYSTEM_ID = "7301234567890123456";
    static final BackupId ID = new BackupId("20261120T113030");
    static final long SEGMENT_BYTES = 16L << 20;
    static final List<Tablespace> TABLESPACES =
            List.of(new Tablespace("fast", 16385, "/srv/fast"), new Tablespace("it's", 16386, "/srv/with space"));

    private Samples() {}

    static ServerConfiguration server(Path home, String store, String compression) {
        return server(
                home,
                new ServerConfiguration.RepositorySettings(
                        store, "plain", compression, Optional.empty(), 0, Optional.empty()));
    }

    /** Returns a server that is configured and not taken care of. */
    static ServerConfiguration inactive(Path home, String store) {
        return server("main", home, server(home, store, "none").repository(), false);
    }

    /** Returns another server of the default store. */
    static ServerConfiguration named(String name, Path home) {
        return server(name, home, server(home, "default", "none").repository(), true);
    }

    static ServerConfiguration server(Path home, ServerConfiguration.RepositorySettings repository) {
        return server("main", home, repository, true);
    }

    private static ServerConfiguration server(
            String name, Path home, ServerConfiguration.RepositorySettings repository, boolean active) {
        return new ServerConfiguration(
                name,
                "",
                active,
                "",
                "",
                home,
                repository,
                new ServerConfiguration.BackupSettings(
                        "streaming", true, 0, 1, 0, Duration.ZERO, "matriarch", Duration.ofMinutes(5)),
                ServerConfiguration.CopySettings.NONE,
                new ServerConfiguration.WalSettings(true, false, Optional.empty(), false, "matriarch"),
                new ServerConfiguration.RestoreSettings(false, false),
                ServerConfiguration.HookSettings.NONE,
                ServerConfiguration.ScheduleSettings.NONE,
                ServerConfiguration.MonitoringSettings.NONE);
    }

    /** Those that were made last end, as those of one process do before the next one begins. */
    static synchronized PlainRepositories repositories(ObjectStore store, Compressor... installed) {
        var stores = new ObjectStores();
        stores.addStore(store);
        var compressors = new Compressors();
        for (Compressor compressor : installed) {
            compressors.addCompressor(compressor);
        }
        if (last != null) {
            last.close();
        }
        var made = new PlainRepositories(stores, compressors, ZONE);
        last = made;
        return made;
    }

    static PlainRepository repository(ObjectStore store, Path home) {
        return (PlainRepository) repositories(store).repository(server(home, store.id(), "none"));
    }

    static ServerFacts facts() {
        return new ServerFacts(
                new PostgresVersion(160015),
                SYSTEM_ID,
                1,
                SEGMENT_BYTES,
                Instant.parse("2026-01-02T03:04:05Z"),
                false,
                Optional.empty(),
                31_457_280,
                true,
                true,
                true,
                TABLESPACES,
                Map.of(
                        "data_directory", "/var/lib/postgresql/16/main",
                        "config_file", "/etc/postgresql/16/main/postgresql.conf",
                        "hba_file", "/etc/postgresql/16/main/pg_hba.conf",
                        "ident_file", "/etc/postgresql/16/main/pg_ident.conf",
                        "data_checksums", "on"));
    }

    static BackupSource source() {
        return new BackupSource(
                SYSTEM_ID, new PostgresVersion(160015), 1, SEGMENT_BYTES, "/var/lib/postgresql/16/main", TABLESPACES);
    }

    static NewBackup newBackup() {
        return new NewBackup(Optional.of("weekly"), BackupKind.FULL, "streaming", Optional.empty(), START, facts());
    }

    static BackupEnd end() {
        return new BackupEnd(
                START.plusSeconds(12), Lsn.parse("0/4000000"), "START WAL LOCATION: 0/2000028 (file 0)\nLABEL: it's\n");
    }

    /** Writes a whole backup of three files, two directories and two tablespaces. */
    static void fill(BackupWriter writer) {
        writer.begin(source(), Lsn.parse("0/2000028"));
        writer.directory(BackupPath.ofData("pg_wal/archive_status"), 0700, MODIFIED);
        writer.directory(BackupPath.ofData("base"), 0750, MODIFIED);
        writeFile(writer, BackupPath.ofData("PG_VERSION"), "16\n");
        writeFile(writer, BackupPath.ofData("base/1/with space"), "some bytes");
        writeFile(writer, new BackupPath(16385, "PG_16_202307071/5/16999"), "");
    }

    static void writeFile(BackupWriter writer, BackupPath path, String content) {
        byte[] bytes = content.getBytes(UTF_8);
        try (FileWriter file = writer.file(path, bytes.length, 0640, MODIFIED)) {
            file.write(bytes, 0, bytes.length);
            file.complete();
        }
    }

    static void writeWhole(Repository repository) {
        try (BackupWriter writer = repository.begin(newBackup())) {
            fill(writer);
            writer.finish(end());
        }
    }

    static void put(MemoryStore store, String name, String content) throws StorageException {
        byte[] bytes = content.getBytes(UTF_8);
        store.put(new ObjectName(name), new ByteArrayInputStream(bytes), bytes.length);
    }

    static String read(MemoryStore store, String name) {
        try (InputStream in = store.open(new ObjectName(name), 0)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Codec {@code gzip}, as a plugin would bring it. */
    static final class Gzip implements Compressor {

        private OptionalInt used = OptionalInt.empty();

        /** Returns the level that was asked for last. */
        OptionalInt used() {
            return used;
        }

        @Override
        public OptionalInt level(Effort effort) {
            return switch (effort) {
                case LOW -> OptionalInt.of(1);
                case MEDIUM -> OptionalInt.empty();
                case HIGH -> OptionalInt.of(9);
            };
        }

        @Override
        public String id() {
            return "gzip";
        }

        @Override
        public byte[] magic() {
            return new byte[] {0x1f, (byte) 0x8b};
        }

        @Override
        public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
            if (level.isPresent() && level.getAsInt() > 9) {
                throw new IllegalArgumentException("level %d is not from 1 to 9".formatted(level.getAsInt()));
            }
            used = level;
            return new GZIPOutputStream(out);
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            return new GZIPInputStream(in);
        }
    }
}
