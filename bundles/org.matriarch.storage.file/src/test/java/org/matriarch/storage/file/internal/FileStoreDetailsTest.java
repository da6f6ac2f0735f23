package org.matriarch.storage.file.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;
import org.matriarch.spi.storage.StoreFullException;

final class FileStoreDetailsTest {

    private static final ObjectName NAME = new ObjectName("wals/1");

    @TempDir
    private Path directory;

    @Test
    void saysThatTheStoreIsFull() {
        var full = new Disk() {
            @Override
            void write(FileChannel file, ByteBuffer bytes) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        var store = new DirectoryStore(new StoreSettings("main", directory, 0), full);

        assertThatThrownBy(() -> put(store, "x"))
                .isInstanceOf(StoreFullException.class)
                .hasMessage("unable to write 'wals/1' in store 'main': no space is left");
        assertThat(directory.resolve("wals")).isEmptyDirectory();
    }

    @Test
    void keepsAReserveThatOnlyReplaceMayUse() throws IOException {
        var store = new DirectoryStore(new StoreSettings("main", directory, Long.MAX_VALUE >> 1), new Disk());

        assertThatThrownBy(() -> put(store, "x")).isInstanceOf(StoreFullException.class);
        assertThatThrownBy(() -> store.batch().create(NAME, 1)).isInstanceOf(StoreFullException.class);

        store.replace(NAME, new byte[1]);
        assertThat(store.find(NAME)).isPresent();
    }

    @Test
    void neverFollowsLinks() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path precious = Files.writeString(outside.resolve("precious"), "keep");
        DirectoryStore store = store();
        put(store, "x");
        Path root = store.pathOf("");
        Files.createSymbolicLink(root.resolve("wals/out"), outside);
        Files.createSymbolicLink(root.resolve("wals/file"), precious);

        assertThat(store.list("")).extracting(ObjectInfo::name).containsExactly(NAME);
        assertThat(store.find(new ObjectName("wals/file"))).isEmpty();
        store.delete(new ObjectName("wals/out/precious"));
        store.deleteAll("wals/out/");
        assertThatThrownBy(() -> store.replace(new ObjectName("wals/out/new"), new byte[1]))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("leads out of");
        store.deleteAll("wals/");

        assertThat(precious).hasContent("keep");
        assertThat(outside.resolve("new")).doesNotExist();
        assertThat(root.resolve("wals")).doesNotExist();
    }

    @Test
    void keepsOthersOut() throws IOException {
        DirectoryStore store = store();
        put(store, "x");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.pathOf(""))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.pathOf("wals/"))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.pathOf("wals/1"))))
                .isEqualTo("rw-------");
    }

    @Test
    void removesWhatAnotherProcessLeftBehindAndNothingElse() throws IOException {
        Path root = Files.createDirectories(directory.resolve("store/wals"));
        Path foreign = Files.writeString(root.resolve(".matriarch-1a-0123456789abcdef.tmp"), "half");
        Path own = Files.writeString(TemporaryFiles.in(root), "in use");
        Path similar = Files.writeString(root.resolve(".matriarch-notes.tmp"), "an object");

        var store = new FileObjectStore(Map.of(
                "matriarch.store.id",
                "main",
                "directory",
                directory.resolve("store").toString()));

        await().atMost(Duration.ofSeconds(10)).until(() -> !Files.exists(foreign));
        assertThat(own).exists();
        assertThat(similar).exists();
        assertThat(store.list("")).extracting(info -> info.name().value()).containsExactly("wals/.matriarch-notes.tmp");
        store.deactivate();
    }

    @Test
    void keepsTheLastGoodConfiguration() throws IOException {
        String first = directory.resolve("first").toString();
        var store = new FileObjectStore(Map.of("matriarch.store.id", "main", "directory", first));

        store.modified(Map.of("matriarch.store.id", "main", "directory", "relative"));
        assertThat(store.directory("")).contains(Path.of(first));
        store.modified(Map.of("matriarch.store.id", "main", "directory", first, "reserve_mebibytes", "many"));
        assertThat(store.directory("")).contains(Path.of(first));

        Path second = directory.resolve("second");
        store.modified(Map.of("matriarch.store.id", "main", "directory", second.toString()));
        assertThat(store.directory("a/")).contains(second.resolve("a"));
        store.deactivate();
    }

    @Test
    void waitsForAConfigurationThatCanWork() {
        var store = new FileObjectStore(Map.of("matriarch.store.id", "main", "directory", "relative"));
        assertThat(store.isInForce()).isFalse();
        assertThat(store.refused())
                .hasValueSatisfying(reason -> assertThat(reason).contains("nothing of it is in force", "'directory'"));
        assertThatThrownBy(() -> store.list(""))
                .hasMessageContaining("MATR-1001")
                .hasMessageContaining("'directory'");
        store.modified(Map.of("matriarch.store.id", "main", "directory", "relative/too"));
        assertThat(store.isInForce()).isFalse();

        store.modified(Map.of("matriarch.store.id", "main", "directory", directory.toString()));
        assertThat(store.isInForce()).isTrue();
        assertThat(store.refused()).isEmpty();
        assertThat(store.directory("a/")).contains(directory.resolve("a"));
        store.deactivate();

        new FileObjectStore(Map.of()).deactivate(); // nothing was begun
    }

    @Test
    void saysWhatItRefusesUntilItIsMended() {
        Map<String, Object> good = Map.of("matriarch.store.id", "main", "directory", directory.toString());
        var store = new FileObjectStore(good);
        var wrong = new HashMap<>(good);
        wrong.put("directroy", "/elsewhere");
        wrong.put("felix.fileinstall.filename", "file:/opt/etc/org.matriarch.storage.file-main.cfg");

        store.modified(wrong);
        assertThat(store.refused())
                .contains("'etc/org.matriarch.storage.file-main.cfg' is refused, and what was in force before stays so:"
                        + " 'directroy' is not a key of a file store; the keys are matriarch.store.id, directory,"
                        + " reserve_mebibytes");
        store.modified(good);
        assertThat(store.refused()).isEmpty();
        store.deactivate();
    }

    @Test
    void goesOnWhereItBeganWhenItIsAsked() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        var store = new FileObjectStore(Map.of("matriarch.store.id", "main", "directory", first.toString()));
        var name = new ObjectName("a/1");

        ObjectStore before = store.asOfNow();
        store.modified(Map.of("matriarch.store.id", "other", "directory", second.toString()));
        before.replace(name, new byte[1]);
        store.replace(name, new byte[2]);

        assertThat(before.id()).isEqualTo("main");
        assertThat(before.find(name)).map(ObjectInfo::sizeBytes).contains(1L);
        assertThat(before.directory("a/")).contains(first.resolve("a"));
        assertThat(store.id()).isEqualTo("other");
        assertThat(store.asOfNow().find(name)).map(ObjectInfo::sizeBytes).contains(2L);
        before.deleteAll("a/");
        assertThat(store.list("")).hasSize(1);
        store.deactivate();
    }

    @Test
    void namesTheKeyTheValueAndTheReason() {
        assertThatThrownBy(() -> StoreSettings.of(Map.of("matriarch.store.id", "main", "directory", "repo")))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining(
                        "MATR-1001: 'directory' of a file store is 'repo', must be an absolute path below '/'")
                .hasMessageContaining("HINT: correct 'directory' in etc/org.matriarch.storage.file-<name>.cfg.");
        assertThatThrownBy(() -> StoreSettings.of(Map.of("directory", "/repo")))
                .hasMessageContaining("'matriarch.store.id' of a file store is ''");
        assertThatThrownBy(() -> StoreSettings.of(
                        Map.of("matriarch.store.id", "main", "directory", "/repo", "reserve_mebibytes", "-1")))
                .hasMessageContaining("'reserve_mebibytes' of a file store is '-1'");
    }

    @Test
    void goesOnAfterItsDirectoriesWereRemoved() throws IOException {
        DirectoryStore store = store();
        put(store, "x");
        Files.delete(store.pathOf("wals/1"));
        Files.delete(store.pathOf("wals"));

        put(store, "again");

        assertThat(store.find(NAME)).isPresent();
    }

    @Test
    void tellsAFailingLinkFromAFileSystemWithoutLinks() throws IOException {
        var failures = new int[1];
        var disk = new Disk() {
            @Override
            void link(Path newName, Path file) throws IOException {
                if (failures[0]++ == 0) {
                    throw new FileSystemException(newName.toString(), null, "Input/output error");
                }
                super.link(newName, file);
            }
        };
        var store = new DirectoryStore(new StoreSettings("main", directory, 0), disk);

        assertThatThrownBy(() -> put(store, "x"))
                .hasMessage("unable to write 'wals/1' in store 'main': Input/output error");
        put(store, "x");

        assertThat(store.list("")).hasSize(1);
        assertThat(directory.resolve("wals")).isDirectoryContaining("glob:**/1");
    }

    @Test
    void syncsLargeFilesWhileTheyAreWritten() throws Exception {
        var synced = new CountDownLatch(1);
        var disk = new Disk() {
            @Override
            void sync(FileChannel file) throws IOException {
                super.sync(file);
                synced.countDown();
            }
        };
        var store = new DirectoryStore(new StoreSettings("main", directory, 0), disk);
        byte[] part = new byte[1 << 20];

        try (ObjectBatch batch = store.batch();
                ObjectWriter writer = batch.create(NAME, 40L << 20)) {
            for (int i = 0; i < 39; i++) {
                writer.write(part, 0, part.length);
            }
            assertThat(synced.await(60, TimeUnit.SECONDS)).isTrue();
            writer.write(part, 0, part.length);
            writer.complete();
            batch.commit();
        }

        assertThat(Files.size(directory.resolve("wals/1"))).isEqualTo(40L << 20);
    }

    @Test
    void failsIfThePartOfALargeFileCouldNotBeSynced() throws Exception {
        var syncs = new AtomicInteger();
        var disk = new Disk() {
            @Override
            void sync(FileChannel file) throws IOException {
                // As the kernel does: it tells of a lost write once, and never again.
                if (syncs.getAndIncrement() == 0) {
                    throw new IOException("Input/output error");
                }
                super.sync(file);
            }
        };
        var store = new DirectoryStore(new StoreSettings("main", directory, 0), disk);

        try (ObjectBatch batch = store.batch()) {
            assertThatThrownBy(() -> {
                        try (ObjectWriter writer = batch.create(NAME, 40L << 20)) {
                            writer.write(new byte[40 << 20], 0, 40 << 20);
                            writer.complete();
                        }
                        batch.commit();
                    })
                    .hasMessage("unable to write 'wals/1' in store 'main': Input/output error");
        }
    }

    @Test
    void givesUpALargeFileThatIsBeingSynced() throws Exception {
        var syncing = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var open = new AtomicBoolean();
        var disk = new Disk() {
            @Override
            void sync(FileChannel file) throws IOException {
                syncing.countDown();
                awaitQuietly(goOn);
                open.set(file.isOpen());
                super.sync(file);
            }
        };
        var store = new DirectoryStore(new StoreSettings("main", directory, 0), disk);

        try (ObjectBatch batch = store.batch()) {
            ObjectWriter writer = batch.create(NAME, 80L << 20);
            writer.write(new byte[40 << 20], 0, 40 << 20);
            syncing.await();
            var closing = new Thread(() -> {
                try {
                    writer.close();
                } catch (StorageException e) {
                    throw new IllegalStateException(e);
                }
            });
            closing.start();
            goOn.countDown();
            closing.join();
            batch.commit();
        }

        assertThat(open).isTrue();
        assertThat(directory.resolve("wals/1")).doesNotExist();
    }

    private DirectoryStore store() {
        return new DirectoryStore(new StoreSettings("main", directory.resolve("store"), 0), new Disk());
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void put(DirectoryStore store, String content) throws StorageException {
        byte[] bytes = content.getBytes(UTF_8);
        store.put(NAME, new ByteArrayInputStream(bytes), bytes.length);
    }
}
