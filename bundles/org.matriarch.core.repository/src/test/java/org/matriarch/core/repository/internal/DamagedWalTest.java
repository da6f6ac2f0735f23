package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.repository.internal.SampleWal.FIRST;
import static org.matriarch.core.repository.internal.SampleWal.HISTORY;
import static org.matriarch.core.repository.internal.SampleWal.bytes;
import static org.matriarch.core.repository.internal.SampleWal.name;
import static org.matriarch.core.repository.internal.SampleWal.put;
import static org.matriarch.core.repository.internal.SampleWal.read;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalArchive.Outcome;
import org.matriarch.spi.storage.ObjectStore;

/** WAL files that do not contain any more what was archived. */
final class DamagedWalTest {

    @TempDir
    Path home;

    @Test
    void refusesWhatIsNotWhatWasArchived() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        byte[] damaged = bytes(1);
        damaged[50_000]++;
        store.delete(name(FIRST));
        put(store, FIRST, damaged);

        assertThatThrownBy(() -> read(wal, FIRST))
                .isInstanceOf(MatriarchException.class)
                .hasMessage(("MATR-2004: unable to read '000000010000000000000001' of server 'main' in store 'default':"
                                + " it holds 100000 bytes with CRC-32C %s, archived were 100000 bytes with CRC-32C"
                                + " %s%nHINT: the archived file is damaged: take a new backup, whose recovery does not"
                                + " need it.")
                        .formatted(crc(damaged), crc(bytes(1))));
        assertThatThrownBy(() -> wal.store(FIRST, wal(1))).hasMessageContaining("MATR-2004");
        try (InputStream in = wal.open(FIRST)) {
            assertThatThrownBy(() -> in.skipNBytes(100_000)).hasMessageContaining("MATR-2004");
        }
        try (InputStream in = wal.open(FIRST)) {
            assertThat(in.markSupported()).isFalse();
            assertThat(in.read()).isEqualTo(0x13);
        }
    }

    /** A compressor notices it first: as soon as it is to read, or at its own checksum. */
    @ParameterizedTest
    @CsvSource({"2, Unsupported compression method", "-6, Corrupt GZIP trailer"})
    void saysWhatWasExpectedWhoeverNotices(int position, String problem) throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home.resolve("main"), "default", "gzip"))
                .wal();
        wal.store(FIRST, wal(1));
        byte[] damaged;
        try (InputStream stored = store.open(name(FIRST), 0)) {
            damaged = stored.readAllBytes();
        }
        damaged[Math.floorMod(position, damaged.length)] ^= 0x04;
        store.delete(name(FIRST));
        put(store, FIRST, damaged);

        assertThatThrownBy(() -> read(wal, FIRST))
                .hasMessageMatching(
                        "(?s)MATR-2004: unable to read '%s' of server 'main' in store 'default': %s, archived were 100000 bytes with CRC-32C %s\\s+HINT: .*"
                                .formatted(FIRST, problem, crc(bytes(1))));

        wal.delete(List.of(FIRST));
        put(store, FIRST, damaged);
        assertThatThrownBy(() -> read(wal, FIRST)).hasMessageContaining(problem + "\n");
    }

    @Test
    void refusesWhatIsShorterThanWhatWasArchived() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = archive(store);
        wal.store(HISTORY, file("1\t0/3000000\tno reason\n"));
        store.delete(name(HISTORY));
        put(store, HISTORY, new byte[0]);

        assertThatThrownBy(() -> wal.history(2)).hasMessageContaining("it holds 0 bytes");
    }

    /** What Barman has archived is read as it is; what is offered again is known from then on. */
    @Test
    void learnsWhatAFileContainsWhenItIsOfferedAgain() throws IOException {
        var store = new MemoryStore("default");
        put(store, FIRST, bytes(1));
        WalArchive wal = archive(store);
        assertThat(read(wal, FIRST)).isEqualTo(bytes(1));

        assertThat(wal.store(FIRST, wal(1))).isEqualTo(Outcome.DUPLICATE);
        store.delete(name(FIRST));
        put(store, FIRST, bytes(2));

        assertThatThrownBy(() -> read(wal, FIRST)).hasMessageContaining("MATR-2004");
    }

    @Test
    void forgetsWhatADeletedFileContained() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        wal.delete(List.of(FIRST));
        put(store, FIRST, bytes(2));

        assertThat(read(wal, FIRST)).isEqualTo(bytes(2));
    }

    private WalArchive archive(ObjectStore store) {
        return Samples.repository(store, home.resolve("main")).wal();
    }

    private Path wal(int seed) throws IOException {
        return file(bytes(seed));
    }

    private Path file(String content) throws IOException {
        return file(content.getBytes(UTF_8));
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(home, "offered", ""), content);
    }

    private static String crc(byte[] content) {
        var crc = new CRC32C();
        crc.update(content);
        return "%08x".formatted(crc.getValue());
    }
}
