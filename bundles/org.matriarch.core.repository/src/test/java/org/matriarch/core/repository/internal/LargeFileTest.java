package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.api.repository.Repository;

/** Files of several chunks, whose checksums are computed beside the threads that write. */
final class LargeFileTest {

    private static final BackupPath PATH = new BackupPath(0, "base/1/16384");

    @TempDir
    private Path home;

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                ChecksumThreads.CHUNK_BYTES - 1,
                ChecksumThreads.CHUNK_BYTES,
                ChecksumThreads.CHUNK_BYTES + 1,
                40 * ChecksumThreads.CHUNK_BYTES
            })
    void storesEveryByteWithItsChecksum(int bytes) throws Exception {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        byte[] content = content(bytes);
        BackupId id;
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), new Lsn(0x2000028));
            BackupEntry entry = write(writer, PATH, content);

            assertThat(entry.sha256())
                    .hasValue(HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
            id = writer.finish(Samples.end()).id();
        }

        BackupReader reader = repository.open(id);
        try (InputStream stored = reader.open(PATH)) {
            assertThat(stored.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void keepsFilesApartThatAreWrittenSideBySide() throws Exception {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        List<byte[]> contents = List.of(content(3_000_000), content(2_000_001), content(5));
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), new Lsn(0x2000028));
            var files = new ArrayList<FileWriter>();
            for (int i = 0; i < contents.size(); i++) {
                files.add(writer.file(new BackupPath(0, "base/" + i), contents.get(i).length, 0600, Samples.MODIFIED));
            }
            for (int at = 0; at < 3_000_000; at += 50_000) {
                for (int i = 0; i < files.size(); i++) {
                    byte[] content = contents.get(i);
                    if (at < content.length) {
                        files.get(i).write(content, at, Math.min(50_000, content.length - at));
                    }
                }
            }
            for (int i = 0; i < files.size(); i++) {
                assertThat(files.get(i).complete().sha256())
                        .hasValue(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(contents.get(i))));
                files.get(i).close();
            }
        }
    }

    @Test
    void refusesFilesOfAnotherSizeThanAnnounced() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        try (BackupWriter writer = repository.begin(Samples.newBackup());
                FileWriter file = writer.file(PATH, 300_000, 0600, Samples.MODIFIED)) {
            file.write(content(299_999), 0, 299_999);

            assertThatThrownBy(file::complete).isInstanceOf(MatriarchException.class);
        }
        assertThat(repository.backups()).hasSize(1);
    }

    private static BackupEntry write(BackupWriter writer, BackupPath path, byte[] content) throws IOException {
        try (FileWriter file = writer.file(path, content.length, 0600, Samples.MODIFIED)) {
            for (int at = 0; at < content.length; at += 32_768) {
                file.write(content, at, Math.min(32_768, content.length - at));
            }
            return file.complete();
        }
    }

    private static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }
}
