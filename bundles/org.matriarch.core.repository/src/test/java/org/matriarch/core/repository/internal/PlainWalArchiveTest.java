package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.repository.internal.SampleWal.FIRST;
import static org.matriarch.core.repository.internal.SampleWal.HISTORY;
import static org.matriarch.core.repository.internal.SampleWal.SECOND;
import static org.matriarch.core.repository.internal.SampleWal.bytes;
import static org.matriarch.core.repository.internal.SampleWal.name;
import static org.matriarch.core.repository.internal.SampleWal.names;
import static org.matriarch.core.repository.internal.SampleWal.put;
import static org.matriarch.core.repository.internal.SampleWal.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalArchive.Outcome;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.storage.ObjectStore;

/** The WAL archive. */
final class PlainWalArchiveTest {

    @TempDir
    Path home;

    @Test
    void storesOpensAndListsFiles() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);

        assertThat(wal.store(SECOND, wal(2))).isEqualTo(Outcome.STORED);
        assertThat(wal.store(FIRST, wal(1))).isEqualTo(Outcome.STORED);
        assertThat(wal.store(HISTORY, file("1\t0/3000000\tno reason\n"))).isEqualTo(Outcome.STORED);

        assertThat(read(wal, FIRST)).isEqualTo(bytes(1));
        assertThat(names(wal)).containsExactly(FIRST, SECOND, HISTORY);
        assertThat(wal.contains(FIRST)).isTrue();
        assertThat(wal.find(SECOND).orElseThrow().storedBytes()).isEqualTo(bytes(2).length);
        assertThat(wal.find(FIRST.partial())).isEmpty();
        assertThat(wal.localFile(FIRST)).contains(home.resolve("main/wals/0000000100000000/000000010000000000000001"));
        assertThat(wal.localFile(new WalFileName("00000007.history"))).isEmpty();
        assertThat(home.resolve("main/wals/00000002.history")).exists();
        assertThat(indexLines()).hasSize(3).allMatch(line -> line.matches("\\S+\t\\d+\t\\d+\\.\\d+\tNone\tNone"));
    }

    @Test
    void passesOverTheSameContentAndRefusesAnother() throws IOException {
        WalArchive wal = archive(new MemoryStore("default"));
        wal.store(FIRST, wal(1));

        assertThat(wal.store(FIRST, wal(1))).isEqualTo(Outcome.DUPLICATE);
        assertThatThrownBy(() -> wal.store(FIRST, wal(2)))
                .isInstanceOf(MatriarchException.class)
                .hasMessage(("MATR-3003: server 'main' has another WAL file '000000010000000000000001' in its archive%n"
                                + "HINT: make sure that no other PostgreSQL server archives here; the archived file was"
                                + " not touched.")
                        .formatted());
        byte[] longer = Arrays.copyOf(bytes(1), bytes(1).length + 1);
        assertThatThrownBy(() -> wal.store(FIRST, file(longer))).hasMessageContaining("MATR-3003");
        assertThat(read(wal, FIRST)).isEqualTo(bytes(1));
        assertThat(wal.entries()).hasSize(1);
    }

    @Test
    void compressesSegmentsAsConfiguredAndReadsThemWhateverIsConfigured() throws IOException {
        var store = new MemoryStore("default");
        WalArchive compressing = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home, "default", "gzip"))
                .wal();
        compressing.store(FIRST, wal(1));
        compressing.store(HISTORY, file("1\t0/3000000\tno reason\n"));

        WalArchive plain = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home, "default", "none"))
                .wal();

        assertThat(read(plain, FIRST)).isEqualTo(bytes(1));
        assertThat(plain.store(FIRST, wal(1))).isEqualTo(Outcome.DUPLICATE);
        assertThat(plain.find(FIRST).flatMap(WalEntry::compression)).contains("gzip");
        assertThat(plain.find(FIRST).orElseThrow().storedBytes()).isLessThan(bytes(1).length);
        assertThat(plain.find(HISTORY).flatMap(WalEntry::compression)).isEmpty();
        assertThat(home.resolve("spool"))
                .satisfiesAnyOf(
                        spool -> assertThat(spool).doesNotExist(),
                        spool -> assertThat(spool).isEmptyDirectory());
    }

    @Test
    void spoolsWhatIsTooLargeForMemory() throws IOException {
        var store = new MemoryStore("default");
        Files.createDirectories(home.resolve("spool"));
        Files.writeString(home.resolve("spool/spool-left.tmp"), "by a killed process");
        WalArchive wal = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home, "default", "gzip"))
                .wal();
        byte[] noise = new byte[3 << 20];
        new Random(1).nextBytes(noise);

        wal.store(FIRST, file(noise));

        assertThat(read(wal, FIRST)).isEqualTo(noise);
        assertThat(home.resolve("spool")).isEmptyDirectory();
    }

    @Test
    void saysWhichCompressorIsMissing() throws IOException {
        var store = new MemoryStore("default");
        WalArchive compressing = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home, "default", "gzip"))
                .wal();
        compressing.store(FIRST, wal(1));
        WalArchive lacking = Samples.repositories(store)
                .repository(Samples.server(home, "default", "gzip"))
                .wal();

        assertThatThrownBy(() -> lacking.store(SECOND, wal(2)))
                .hasMessage(
                        ("MATR-8003: unable to archive '000000010000000000000002' of server 'main': compressor 'gzip'"
                                        + " is not installed%nHINT: run feature:install matriarch-compression-gzip.")
                                .formatted());
        assertThatThrownBy(() -> lacking.open(FIRST)).hasMessageContaining("MATR-8003: unable to read");
        assertThatThrownBy(() -> lacking.store(FIRST, wal(1))).hasMessageContaining("MATR-8003: unable to read");
        assertThat(lacking.contains(SECOND)).isFalse();
    }

    @Test
    void refusesALevelThatTheCompressorRefuses() {
        WalArchive wal = compressing(new Samples.Gzip(), "12");

        assertThatThrownBy(() -> wal.store(FIRST, wal(1)))
                .hasMessageContaining(
                        "MATR-1001: unable to compress '000000010000000000000001' with 'gzip': level 12 is"
                                + " not from 1 to 9");
    }

    @Test
    void asksTheCompressorWhatAWordMeans() throws IOException {
        for (String level : List.of("low", "medium", "high", "7")) {
            var gzip = new Samples.Gzip();
            compressing(gzip, level).store(FIRST, wal(1));

            assertThat(gzip.used())
                    .as(level)
                    .isEqualTo(
                            switch (level) {
                                case "low" -> OptionalInt.of(1);
                                case "high" -> OptionalInt.of(9);
                                case "medium" -> OptionalInt.empty();
                                default -> OptionalInt.of(7);
                            });
        }
    }

    private WalArchive compressing(Compressor gzip, String level) {
        var settings = new ServerConfiguration.RepositorySettings(
                "default", "plain", "gzip", Optional.of(level), 0, Optional.empty());
        var configured = Samples.server(home, settings);
        return Samples.repositories(new MemoryStore("default"), gzip)
                .repository(configured)
                .wal();
    }

    @Test
    void saysWhatIsMissingAndWhatIsDamaged() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = Samples.repositories(store, new Samples.Gzip())
                .repository(Samples.server(home, "default", "gzip"))
                .wal();
        wal.store(FIRST, wal(1));
        byte[] stored = store.open(name(FIRST), 0).readAllBytes();
        store.replace(name(FIRST), Arrays.copyOf(stored, 20));

        assertThatThrownBy(() -> wal.open(SECOND))
                .hasMessageContaining("MATR-3001: server 'main' has no WAL file '000000010000000000000002'");
        assertThatThrownBy(() -> wal.store(FIRST, wal(1))).hasMessageContaining("MATR-2004: unable to read");
        store.replace(name(FIRST), Arrays.copyOf(stored, 5));
        assertThatThrownBy(() -> wal.open(FIRST)).hasMessageContaining("MATR-2004: unable to read");
        assertThatThrownBy(() -> wal.store(FIRST, home.resolve("gone"))).hasMessageContaining("MATR-2002");
    }

    @Test
    void readsHistories() throws IOException {
        WalArchive wal = archive(new MemoryStore("default"));
        wal.store(HISTORY, file("1\t0/3000000\tno reason\n"));
        wal.store(new WalFileName("00000003.history"), file("what is this\n"));

        assertThat(wal.history(1)).contains(TimelineHistory.first(1));
        assertThat(wal.history(2).orElseThrow().ancestors()).hasSize(1);
        assertThatThrownBy(() -> wal.history(3)).hasMessageContaining("MATR-3004");
        assertThat(wal.history(4)).isEmpty();
    }

    @Test
    void deletesAndPassesOverWhatIsGone() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        wal.store(SECOND, wal(2));
        wal.store(HISTORY, file("1\t0/3000000\tno reason\n"));

        wal.delete(List.of(FIRST, HISTORY, new WalFileName("000000090000000000000001")));
        wal.delete(List.of(FIRST));
        wal.delete(List.of());

        assertThat(names(wal)).containsExactly(SECOND);
        assertThat(indexLines()).hasSize(1);
        assertThat(names(archive(store))).containsExactly(SECOND);
    }

    @Test
    void archivesAgainWhatSomebodyTookAway() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        store.delete(name(FIRST));

        assertThat(wal.store(FIRST, wal(2))).isEqualTo(Outcome.STORED);
        assertThat(read(wal, FIRST)).isEqualTo(bytes(2));
    }

    @Test
    void findsWhatWasStoredBehindItsBack() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        assertThat(wal.contains(FIRST)).isFalse();
        put(store, FIRST, bytes(1));

        assertThat(wal.store(FIRST, wal(1))).isEqualTo(Outcome.DUPLICATE);

        assertThat(wal.contains(FIRST)).isTrue();
        put(store, SECOND, bytes(2));
        assertThat(wal.reindex()).isEqualTo(2);
        assertThat(wal.contains(SECOND)).isTrue();
    }

    @Test
    void leavesAtEveryStepOfStoringAllOrNothing() throws IOException {
        for (int step = 0; step < 3; step++) {
            var kept = new MemoryStore("default");
            Path own = Files.createDirectories(home.resolve("step" + step));
            WalArchive wal = Samples.repository(new DyingStore(kept, step), own).wal();

            int stored = 0;
            try {
                wal.store(FIRST, wal(1));
                stored++;
                wal.store(SECOND, wal(2));
                stored++;
                wal.delete(List.of(FIRST));
            } catch (MatriarchException e) {
                assertThat(e).hasMessageContaining("power is off");
            }

            WalArchive later = Samples.repository(kept, own).wal();
            assertThat(stored).isEqualTo(Math.min(step, 2));
            assertThat(names(later)).isEqualTo(List.of(FIRST, SECOND).subList(0, stored));
        }
    }

    @Test
    void saysWhatTheStoreSays() {
        WalArchive wal = Samples.repository(new DyingStore(new MemoryStore("default"), -1), home)
                .wal();

        assertThatThrownBy(wal::entries).hasMessageContaining("MATR-2002: unable to go on");
        assertThatThrownBy(wal::reindex).hasMessageContaining("MATR-2002");
        assertThatThrownBy(() -> wal.open(FIRST)).hasMessageContaining("MATR-2002");
        assertThatThrownBy(() -> wal.history(2)).hasMessageContaining("MATR-2002");
    }

    private WalArchive archive(ObjectStore store) {
        return Samples.repository(store, home.resolve("main")).wal();
    }

    private Path index() {
        return home.resolve("main/wals/main-xlog.db");
    }

    private List<String> indexLines() throws IOException {
        return Files.readAllLines(index());
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
}
