package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.TimelineHistory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalArchive.Outcome;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.testkit.storage.ForwardingObjectStore;

/** The WAL archive and its index. */
final class PlainWalArchiveTest {

    private static final WalFileName FIRST = new WalFileName("000000010000000000000001");
    private static final WalFileName SECOND = new WalFileName("000000010000000000000002");
    private static final WalFileName HISTORY = new WalFileName("00000002.history");

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
        ServerConfiguration server = Samples.server(home, "default", "gzip");
        var settings = new ServerConfiguration.RepositorySettings("default", "plain", "gzip", Optional.of(12), 0);
        var configured = new ServerConfiguration(
                server.name(), "", true, "", "", home, settings, server.backup(), server.wal(), server.restore());
        WalArchive wal = Samples.repositories(new MemoryStore("default"), new Samples.Gzip())
                .repository(configured)
                .wal();

        assertThatThrownBy(() -> wal.store(FIRST, wal(1)))
                .hasMessageContaining(
                        "MATR-1001: unable to compress '000000010000000000000001' with 'gzip': level 12 is"
                                + " not from 1 to 9");
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
    void makesAMissingOrTornIndexAnew() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        wal.store(SECOND, wal(2));
        List<WalEntry> expected = List.copyOf(wal.entries());
        String whole = Files.readString(index());

        for (String broken : List.of(
                "",
                whole.substring(0, whole.length() - 8),
                whole.substring(0, whole.length() - 1),
                whole.substring(0, 40),
                "\0\0\0\0\n",
                whole + whole,
                whole + "garbage\n")) {
            Files.writeString(index(), broken);
            assertThat(archive(store).entries()).isEqualTo(expected);
            assertThat(indexLines()).hasSize(2);
        }
        Files.delete(index());
        assertThat(archive(store).entries()).isEqualTo(expected);
        assertThat(index()).exists();
    }

    @Test
    void completesAnIndexThatLostItsEnd() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        WalFileName other = new WalFileName("000000010000000100000000");
        wal.store(FIRST, wal(1));
        String early = Files.readString(index());
        wal.store(SECOND, wal(2));
        wal.store(other, wal(3));
        wal.store(HISTORY, file("1\t0/3000000\tno reason\n"));
        Files.writeString(index(), early);

        assertThat(names(archive(store))).containsExactly(FIRST, SECOND, other, HISTORY);
    }

    @Test
    void believesAnIndexWhereNothingHasChangedSince() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        Path directory = home.resolve("main/wals/0000000100000000");
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minusSeconds(7200)));
        String line = Files.readString(index());
        Files.writeString(index(), line + line.replace("000000010000000000000001", "000000010000000000000007"));

        assertThat(archive(store).contains(new WalFileName("000000010000000000000007")))
                .isTrue();
    }

    @Test
    void adoptsIndexesOfOlderBarmans() throws IOException {
        var store = new MemoryStore("default", home);
        put(store, FIRST, bytes(1));
        put(store, SECOND, bytes(2));
        Path old = home.resolve("main/wals/xlog.db");
        Path directory = home.resolve("main/wals/0000000100000000");
        Files.writeString(old, FIRST + "\t1234567\t2406019022.4\tbzip2\n" + SECOND + "\t99\t2406019022.0\tNone\n");
        Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minusSeconds(7200)));

        assertThat(archive(store).find(FIRST).orElseThrow())
                .isEqualTo(new WalEntry(
                        FIRST, 1_234_567, Instant.ofEpochSecond(2406019022L, 400_000_000), Optional.of("bzip2")));

        Files.delete(index());
        Files.writeString(old, FIRST + "\t1234567\t1406019022.4\n");
        assertThat(archive(store).find(FIRST).orElseThrow().storedBytes()).isEqualTo(bytes(1).length);
    }

    @Test
    void refusesToReadWhatBarmanEncrypted() throws IOException {
        var store = new MemoryStore("default", home);
        put(store, FIRST, bytes(1));
        Files.writeString(index(), FIRST + "\t" + bytes(1).length + "\t2406019022.4\tNone\tgpg\n");

        WalArchive wal = archive(store);

        assertThatThrownBy(() -> wal.open(FIRST)).hasMessageContaining("MATR-8003", "it is encrypted with 'gpg'");
    }

    @Test
    void keepsTheIndexAtHomeWhereTheStoreHasNoDirectory() throws IOException {
        var store = new MemoryStore("default");
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));

        assertThat(home.resolve("main/wals/main-xlog.db")).isNotEmptyFile();
        put(store, SECOND, bytes(2));
        assertThat(names(archive(store))).containsExactly(FIRST, SECOND);
    }

    @Test
    void writesTheIndexAnewWhenSomebodyChangedIt() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        Files.writeString(index(), "rubbish");

        wal.store(SECOND, wal(2));

        assertThat(indexLines()).hasSize(2);
        Files.delete(index());
        wal.store(HISTORY, file("1\t0/3000000\tno reason\n"));
        assertThat(indexLines()).hasSize(3);
    }

    @Test
    void archivesAlsoWhereTheIndexCannotBeWritten() throws IOException {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        wal.store(FIRST, wal(1));
        Files.delete(index());
        Files.createDirectories(index().resolve("in the way"));

        assertThat(wal.store(SECOND, wal(2))).isEqualTo(Outcome.STORED);
        assertThat(names(wal)).containsExactly(FIRST, SECOND);
        assertThatThrownBy(() -> archive(store).entries())
                .hasMessageContaining("MATR-2002: unable to read the WAL index");
    }

    @Test
    void losesNothingThatIsStoredDuringAReindex() throws Exception {
        var store = new MemoryStore("default", home);
        var listing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var slow = new SlowStore(store, listing, goOn);
        PlainRepositories repositories = Samples.repositories(slow);
        ServerConfiguration server = Samples.server(home.resolve("main"), "default", "none");
        WalArchive wal = repositories.repository(server).wal();
        wal.store(FIRST, wal(1));
        slow.slow = true;

        var reindex = new Thread(() -> repositories.repository(server).wal().reindex(), "reindex");
        reindex.start();
        listing.await();
        wal.store(SECOND, wal(2));
        wal.delete(List.of(FIRST));
        goOn.countDown();
        reindex.join(10_000);

        assertThat(names(wal)).containsExactly(SECOND);
        assertThat(indexLines()).hasSize(1);
    }

    @Test
    void agreesWithTheArchiveAfterManyDidManyThingsAtOnce() throws Exception {
        var store = new MemoryStore("default", home);
        WalArchive wal = archive(store);
        var threads = new ArrayList<Thread>();
        for (int timeline = 1; timeline <= 4; timeline++) {
            int own = timeline;
            threads.add(new Thread(() -> {
                for (int i = 1; i <= 40; i++) {
                    storeOrFail(wal, new WalFileName("%08X00000000%08X".formatted(own, i)));
                    if (i % 10 == 0) {
                        wal.delete(List.of(new WalFileName("%08X00000000%08X".formatted(own, i - 1))));
                        wal.reindex();
                    }
                }
            }));
        }

        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(60_000);
        }

        assertThat(wal.entries()).hasSize(4 * 36);
        assertThat(indexLines()).hasSize(4 * 36);
        assertThat(archive(store).entries()).isEqualTo(wal.entries());
    }

    @Test
    void sharesOneIndexAmongRepositoriesAndComparesItWithANewStore() throws IOException {
        var store = new MemoryStore("default", home);
        var stores = new ObjectStores();
        stores.addStore(store);
        var repositories = new PlainRepositories(stores, new Compressors(), Samples.ZONE);
        ServerConfiguration server = Samples.server(home.resolve("main"), "default", "none");
        WalArchive one = repositories.repository(server).wal();
        WalArchive two = repositories.repository(server).wal();

        one.store(FIRST, wal(1));
        assertThat(two.contains(FIRST)).isTrue();

        put(store, SECOND, bytes(2));
        stores.removeStore(store);
        assertThatThrownBy(() -> repositories.repository(server)).hasMessageContaining("MATR-2001");
        stores.addStore(new MemoryStore("default", home));
        assertThat(names(repositories.repository(server).wal())).containsExactly(FIRST, SECOND);
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

    private static List<WalFileName> names(WalArchive wal) {
        var names = new ArrayList<WalFileName>();
        wal.entries().forEach(entry -> names.add(entry.name()));
        return names;
    }

    private static ObjectName name(WalFileName name) {
        return new Layout("main").wal(name);
    }

    private static void put(ObjectStore store, WalFileName name, byte[] content) throws StorageException {
        store.put(name(name), new ByteArrayInputStream(content), content.length);
    }

    private static byte[] read(WalArchive wal, WalFileName name) throws IOException {
        try (InputStream in = wal.open(name)) {
            return in.readAllBytes();
        }
    }

    /** Returns a page-like content: magic number first, then much that can be compressed. */
    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[100_000];
        bytes[0] = 0x13;
        bytes[1] = (byte) 0xD1;
        bytes[99_000] = (byte) seed;
        return bytes;
    }

    private void storeOrFail(WalArchive wal, WalFileName name) {
        try {
            wal.store(name, file("content of " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    /** A store that stops in the middle of a listing until it may go on. */
    private static final class SlowStore extends ForwardingObjectStore {

        private final CountDownLatch listing;
        private final CountDownLatch goOn;
        private volatile boolean slow;

        SlowStore(ObjectStore store, CountDownLatch listing, CountDownLatch goOn) {
            super(store);
            this.listing = listing;
            this.goOn = goOn;
        }

        @Override
        public List<ObjectInfo> list(String prefix) throws StorageException {
            List<ObjectInfo> found = super.list(prefix);
            if (slow) {
                listing.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return found;
        }
    }
}
