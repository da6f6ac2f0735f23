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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalArchive.Outcome;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.testkit.storage.ForwardingObjectStore;

/** The index of a WAL archive: made anew when lost, torn or changed, and true while many use it. */
final class WalIndexTest {

    @TempDir
    Path home;

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
    void recognisesWhatBarmanEncryptedWithoutAnIndex() throws IOException {
        var store = new MemoryStore("default", home);
        put(store, FIRST, new byte[] {(byte) 0x85, 2, 12, 3});

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

    private WalArchive archive(ObjectStore store) {
        return Samples.repository(store, home.resolve("main")).wal();
    }

    private Path index() {
        return home.resolve("main/wals/main-xlog.db");
    }

    private List<String> indexLines() throws IOException {
        return Files.readAllLines(index());
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
