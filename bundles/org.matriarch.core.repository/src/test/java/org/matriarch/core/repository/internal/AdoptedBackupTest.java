package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.FileChecksum;
import org.matriarch.api.repository.FileChecksum.Algorithm;
import org.matriarch.api.repository.Repository;

/** Backups that Barman has left: without a manifest of ours, as files or in archives. */
final class AdoptedBackupTest {

    private static final BackupId ID = new BackupId("20261120T113030");
    private static final BackupPath IN_TABLESPACE = new BackupPath(16385, "PG_16_202307071/5/1");

    @TempDir
    Path home;

    private Path base;

    @BeforeEach
    void leaveARecord() throws IOException {
        base = Files.createDirectories(home.resolve("main/base/" + ID));
        Files.createDirectories(base.resolve("data"));
        Files.writeString(base.resolve("backup.info"), """
                version=160004
                mode=postgres
                compression=gzip
                status=DONE
                tablespaces=[('fast', 16385, '/srv/fast')]
                """);
    }

    @Test
    void knowsWhatTheServersManifestSays() throws Exception {
        write("data/PG_VERSION", "16\n");
        write("data/unlisted", "x");
        write("16385/" + IN_TABLESPACE.path(), "abc");
        write("data/backup_manifest", manifest("""
                { "Path": "PG_VERSION", "Size": 3, "Last-Modified": "2026-11-20 10:00:00 GMT", "Checksum-Algorithm": "CRC32C", "Checksum": "11223344" },
                { "Encoded-Path": "6c6f7374", "Size": 5, "Last-Modified": "2026-11-20 10:00:00 GMT" },
                { "Path": "pg_tblspc/16385/PG_16_202307071/5/1", "Size": 4, "Checksum-Algorithm": "SHA256", "Checksum": "AB" }
                """));

        BackupReader reader = open();

        assertThat(reader.isArchived()).isFalse();
        assertThat(reader.entries())
                .extracting(entry -> entry.path() + " " + entry.sizeBytes() + " "
                        + entry.serverChecksum()
                                .map(sum -> sum.algorithm() + ":" + sum.hexadecimal())
                                .orElse("-"))
                .containsExactly(
                        "PG_VERSION 3 CRC32C:11223344",
                        "backup_manifest %d -".formatted(Files.size(base.resolve("data/backup_manifest"))),
                        "lost 5 -",
                        "unlisted 1 -",
                        "pg_tblspc/16385/PG_16_202307071 0 -",
                        "pg_tblspc/16385/PG_16_202307071/5 0 -",
                        "pg_tblspc/16385/PG_16_202307071/5/1 4 SHA256:ab");
        assertThatThrownBy(() -> reader.open(BackupPath.ofData("lost"))).hasMessageContaining("MATR-4005");
        var read = new ArrayList<String>();
        Files.delete(base.resolve("data/backup_manifest"));
        open().readAll((entry, content) -> read.add(entry.path() + "=" + text(content)));
        assertThat(read).contains("PG_VERSION=16\n", "pg_tblspc/16385/PG_16_202307071/5/1=abc");
    }

    @Test
    void refusesAManifestThatIsDamaged() throws IOException {
        write("data/PG_VERSION", "16\n");
        write("data/backup_manifest", manifest("").replace("Manifest-Version\": 1", "Manifest-Version\": 2"));
        assertUnreadable("its own checksum is ");

        write("data/backup_manifest", "[]");
        assertUnreadable("it is no JSON object");
        write("data/backup_manifest", manifest("{ \"Path\": \"x\" }"));
        assertUnreadable("a file has no path or no size");
        write("data/backup_manifest", manifest("{ \"Path\": \"x\", \"Size\": 1, \"Checksum-Algorithm\": \"NEW\" }"));
        assertUnreadable("NEW");
        write("data/backup_manifest", manifest("{ \"Path\": \"../x\", \"Size\": 1 }"));
        assertUnreadable("'../x' is not a path within a backup");
    }

    @Test
    void readsArchivesOfEveryKind() throws Exception {
        var gzip = new Samples.Gzip();
        for (String directory : List.of("data/", "")) {
            write(directory + "base.tar.gz", compressed(gzip, data().end()));
            write(
                    directory + "16385.tar",
                    new TarWriter()
                            .directory("PG_16_202307071")
                            .file(IN_TABLESPACE.path(), "abc")
                            .end());
            write(directory + "backup_manifest", manifest("""
                    { "Path": "base/1", "Size": 200000, "Checksum-Algorithm": "CRC32C", "Checksum": "11223344" },
                    { "Path": "lost", "Size": 1 }
                    """).getBytes(UTF_8));

            BackupReader reader = repository(gzip).open(ID);

            assertThat(reader.isArchived()).isTrue();
            assertThat(reader.backup().id()).isEqualTo(ID);
            assertThat(reader.serverTime()).isEmpty();
            assertThat(reader.archives())
                    .containsExactly(
                            base.resolve(directory + "base.tar.gz").toString(),
                            base.resolve(directory + "16385.tar").toString());
            assertThat(reader.localFile(BackupPath.ofData("PG_VERSION"))).isEmpty();
            assertThat(reader.entries())
                    .extracting(entry -> entry.path() + (entry.directory() ? "/ " : " ") + entry.sizeBytes())
                    .containsExactly(
                            "PG_VERSION 3",
                            "base/ 0",
                            "base/1 200000",
                            "global/pg_control 7",
                            "lost 1",
                            "pg_tblspc/16385/PG_16_202307071/ 0",
                            "pg_tblspc/16385/PG_16_202307071/5/1 3");
            var read = new ArrayList<String>();
            reader.readAll((entry, content) ->
                    read.add(entry.path() + " " + text(content).length()));
            assertThat(read)
                    .containsExactly(
                            "PG_VERSION 3",
                            "base/1 200000",
                            "global/pg_control 7",
                            "pg_tblspc/16385/PG_16_202307071/5/1 3");
            assertThat(open(reader, BackupPath.ofData("PG_VERSION"))).isEqualTo("16\n");
            assertThat(open(reader, BackupPath.ofData("base/1"))).hasSize(200_000);
            assertThat(open(reader, IN_TABLESPACE)).isEqualTo("abc");
            assertThatThrownBy(() -> reader.open(BackupPath.ofData("lost")))
                    .hasMessageContaining(
                            "file 'lost' of backup '%s' of server 'main' is missing in its archive".formatted(ID));
            assertThatThrownBy(() -> reader.open(new BackupPath(99, "x"))).hasMessageContaining("MATR-4005");
            for (String name : List.of("base.tar.gz", "16385.tar", "backup_manifest")) {
                Files.delete(base.resolve(directory + name));
            }
        }
    }

    @Test
    void saysWhatIsWrongWithAnArchive() throws Exception {
        var gzip = new Samples.Gzip();
        byte[] whole = compressed(gzip, data().end());
        byte[] tablespace = new TarWriter().end();
        write("data/base.tar.gz", whole);

        assertThatThrownBy(() -> repository(gzip).open(ID).entries())
                .hasMessageContaining("MATR-4005: archive 'main/base/%s/data/16385.tar' of backup".formatted(ID))
                .hasMessageContaining("is missing");
        write("data/16385.tar", tablespace);
        assertThatThrownBy(() -> repository().open(ID).entries())
                .hasMessageContaining(
                        "MATR-8003: unable to read 'main/base/%s/data/base.tar.gz': compressor 'gzip'".formatted(ID));
        write("data/base.tar.gz", Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> repository(gzip).open(ID).entries())
                .hasMessageContaining(
                        "MATR-4005: unable to read archive 'main/base/%s/data/base.tar.gz'".formatted(ID));
        write("data/base.tar.gz", "something else altogether".repeat(100).getBytes(UTF_8));
        assertThatThrownBy(() -> repository(gzip).open(ID).entries())
                .hasMessageContaining("it is no tar archive, or damaged");
        write(
                "data/base.tar.gz",
                compressed(gzip, new TarWriter().file("../x", "1").end()));
        assertThatThrownBy(() -> repository(gzip).open(ID).entries())
                .hasMessageContaining("'../x' is not a path within a backup");
    }

    @Test
    void saysThatAnArchiveIsEncrypted() throws Exception {
        write("data/base.tar.gz.gpg", new byte[] {1, 2, 3});

        assertThatThrownBy(() -> repository().open(ID).entries())
                .hasMessage("MATR-8003: unable to read 'main/base/%s/data/base.tar.gz.gpg' in store 'default': it is"
                                .formatted(ID)
                        + " encrypted with gpg\nHINT: Barman encrypted it: decrypt the file with gpg, into one whose name does"
                        + " not end with '.gpg', and move the encrypted one away.");
        Files.delete(base.resolve("data/base.tar.gz.gpg"));
        for (int first : new int[] {0x84, 0x85, 0x8c, 0xc1, 0xc3}) {
            write("data/base.tar.gz", new byte[] {(byte) first, 2, 3});
            assertThatThrownBy(() -> repository().open(ID).entries()).hasMessageContaining("is encrypted with gpg");
        }
        write("data/base.tar.gz", new byte[] {(byte) 0x85, (byte) 0xd1, 3});
        assertThatThrownBy(() -> repository().open(ID).entries()).hasMessageContaining("it ends early");
        write("data/base.tar.gz", new byte[] {5});
        assertThatThrownBy(() -> repository().open(ID).entries()).hasMessageContaining("it ends early");
    }

    @Test
    void passesOnWhatTheVisitorThrows() throws Exception {
        write("data/base.tar", data().end());
        write("data/16385.tar", new TarWriter().end());
        BackupReader reader = repository().open(ID);

        assertThatThrownBy(() -> reader.readAll((entry, content) -> {
                    throw new IOException("disk full");
                }))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("disk full");
    }

    @Test
    void computesTheChecksumsThatPostgresWrites() {
        ByteBuffer bytes = ByteBuffer.wrap("123456789".getBytes(UTF_8));
        assertThat(sum(Algorithm.CRC32C, bytes.duplicate())).isEqualTo("839206e3");
        assertThat(sum(Algorithm.SHA224, bytes.duplicate())).startsWith("9b3e61bf29f17c75");
        assertThat(sum(Algorithm.SHA512, bytes.duplicate())).startsWith("d9e6762dd1c8eaf6");
    }

    private static String sum(Algorithm algorithm, ByteBuffer bytes) {
        FileChecksum.Running running = new FileChecksum(algorithm, "").begin();
        running.update(bytes);
        return running.end();
    }

    private static TarWriter data() {
        return new TarWriter()
                .file("PG_VERSION", "16\n")
                .directory("base")
                .file("base/1", "x".repeat(200_000))
                .link("pg_tblspc/16385", "/srv/fast")
                .file("global/pg_control", "control");
    }

    private static byte[] compressed(Samples.Gzip gzip, byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (OutputStream compressing = gzip.compress(out, OptionalInt.empty())) {
            compressing.write(content);
        }
        return out.toByteArray();
    }

    /** A manifest of PostgreSQL 16, with its own checksum. */
    private static String manifest(String files) {
        String text = "{ \"PostgreSQL-Backup-Manifest-Version\": 1,\n\"Files\": [\n%s],\n\"WAL-Ranges\": [\n],\n"
                .formatted(files);
        String own = sum(Algorithm.SHA256, ByteBuffer.wrap(text.getBytes(UTF_8)));
        return text + "\"Manifest-Checksum\": \"%s\"}\n".formatted(own);
    }

    private void assertUnreadable(String reason) {
        assertThatThrownBy(() -> open().entries())
                .hasMessageContaining("MATR-2007: unable to read 'main/base/%s/data/backup_manifest'".formatted(ID))
                .hasMessageContaining(reason);
    }

    private Repository repository(Samples.Gzip... installed) {
        return Samples.repositories(new MemoryStore("default", home), installed)
                .repository(Samples.server(home.resolve("main"), "default", "none"));
    }

    private BackupReader open() {
        return repository().open(ID);
    }

    private static String open(BackupReader reader, BackupPath path) throws IOException {
        try (InputStream content = reader.open(path)) {
            return text(content);
        }
    }

    private static String text(InputStream content) throws IOException {
        return new String(content.readAllBytes(), UTF_8);
    }

    private void write(String path, String content) throws IOException {
        write(path, content.getBytes(UTF_8));
    }

    private void write(String path, byte[] content) throws IOException {
        Path file = base.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }
}
