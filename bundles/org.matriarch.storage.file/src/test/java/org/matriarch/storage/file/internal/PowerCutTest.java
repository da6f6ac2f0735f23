package org.matriarch.storage.file.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.storage.ObjectBatch;
import org.matriarch.spi.storage.ObjectExistsException;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectMissingException;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectWriter;
import org.matriarch.spi.storage.StorageException;

final class PowerCutTest {

    private static final ObjectName NAME = new ObjectName("wals/1");

    @TempDir
    private Path directory;

    @Test
    void putSyncsTheBytesBeforeTheNameAndTheNameBeforeItReturns() throws IOException {
        var disk = BreakingDisk.whole();

        put(store("order", disk), "segment");

        assertThat(disk.steps())
                .containsExactly(
                        "mkdir order",
                        "sync " + TreeWalk.nameOf(directory),
                        "mkdir wals",
                        "sync order",
                        "create temporary",
                        "write",
                        "sync",
                        "link 1",
                        "sync wals",
                        "delete temporary");
    }

    @Test
    void replaceSyncsTheBytesBeforeTheName() throws IOException {
        store("order", new Disk()).replace(NAME, "old".getBytes(UTF_8));
        var disk = BreakingDisk.whole();

        store("order", disk).replace(NAME, "new".getBytes(UTF_8));

        assertThat(disk.steps())
                .endsWith("create temporary", "write", "sync", "rename 1", "delete temporary", "sync wals");
    }

    @Test
    void commitSyncsEachFileAndThenEachDirectoryOnce() throws IOException {
        var disk = BreakingDisk.whole();
        try (ObjectBatch batch = store("order", disk).batch()) {
            for (String name : List.of("a/1", "a/2", "b/1")) {
                write(batch, name);
            }
            batch.commit();
        }

        List<String> steps = disk.steps();
        assertThat(steps).filteredOn("sync"::equals).hasSize(3);
        assertThat(steps.subList(steps.size() - 2, steps.size())).containsExactly("sync a", "sync b");
    }

    @Test
    void commitSyncsWhatSomebodyElseWroteAndTheirDirectories() throws IOException {
        var disk = BreakingDisk.whole();
        try (ObjectBatch batch = store("order", disk).batch()) {
            Path local = batch.directory("base/1/", 5).orElseThrow();
            Files.createDirectory(local.resolve("sub"));
            Files.writeString(local.resolve("sub/file"), "whole");
            batch.adopt(new ObjectName("base/1/sub/file"));
            assertThatThrownBy(() -> batch.adopt(new ObjectName("base/1/sub/other")))
                    .isInstanceOf(ObjectMissingException.class);
            batch.commit();
        }

        assertThat(disk.steps()).containsSubsequence("mkdir 1", "sync base", "sync 1", "sync", "sync sub");
        assertThat(store("order", new Disk()).find(new ObjectName("base/1/sub/file")))
                .map(ObjectInfo::sizeBytes)
                .contains(5L);
    }

    /** Whatever the step, the object is there whole or not at all, and the next attempt ends well. */
    @Test
    void putIsWholeOrAbsentWhereverThePowerIsCut() throws IOException {
        int steps = 10;
        for (int k = 1; k <= steps; k++) {
            String place = "put-" + k;
            DirectoryStore broken = store(place, new BreakingDisk(k));
            boolean acknowledged = succeeds(() -> put(broken, "segment"));

            DirectoryStore reopened = store(place, new Disk());
            boolean present = reopened.find(NAME).isPresent();

            assertThat(acknowledged).as("step %d", k).isEqualTo(k == steps);
            assertThat(present || !acknowledged).as("step %d", k).isTrue();
            if (!present) {
                put(reopened, "segment");
            }
            assertThat(read(reopened)).isEqualTo("segment");
            assertThat(reopened.list("")).extracting(ObjectInfo::name).containsExactly(NAME);
        }
    }

    @Test
    void replaceLeavesTheOldOrTheNewObjectWhereverThePowerIsCut() throws IOException {
        for (int k = 1; k <= 9; k++) {
            String place = "replace-" + k;
            store(place, new Disk()).replace(NAME, "old".getBytes(UTF_8));
            DirectoryStore broken = store(place, new BreakingDisk(k));
            boolean acknowledged = succeeds(() -> broken.replace(NAME, "new".getBytes(UTF_8)));

            DirectoryStore reopened = store(place, new Disk());

            assertThat(read(reopened)).as("step %d", k).isIn(acknowledged ? List.of("new") : List.of("old", "new"));
            reopened.replace(NAME, "newer".getBytes(UTF_8));
            assertThat(read(reopened)).isEqualTo("newer");
            assertThat(reopened.list("")).hasSize(1);
        }
    }

    @Test
    void deleteAllCanBeRepeatedWhereverThePowerIsCut() throws IOException {
        for (int k = 1; k <= 7; k++) {
            String place = "delete-" + k;
            DirectoryStore store = store(place, new Disk());
            for (String name : List.of("base/a/1", "base/a/2", "base/b/1", "keep/1")) {
                store.replace(new ObjectName(name), new byte[1]);
            }
            DirectoryStore broken = store(place, new BreakingDisk(k));
            assertThat(succeeds(() -> broken.deleteAll("base/")))
                    .as("step %d", k)
                    .isFalse();

            store(place, new Disk()).deleteAll("base/");

            assertThat(store.list("")).extracting(info -> info.name().value()).containsExactly("keep/1");
            assertThat(store.pathOf("base/")).doesNotExist();
        }
    }

    @Test
    void batchThatCouldNotSyncSaysSoAtTheLatestAtItsCommit() throws IOException {
        DirectoryStore broken = store("batch", new BreakingDisk(7));

        assertThatThrownBy(() -> {
                    try (ObjectBatch batch = broken.batch()) {
                        write(batch, "a/1");
                        batch.commit();
                    }
                })
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the power was cut");
    }

    @Test
    void fallsBackToAnExclusiveRenameWithoutHardLinks() throws IOException {
        DirectoryStore store = store("nolink", BreakingDisk.whole().withoutLinks());

        put(store, "first");

        assertThatThrownBy(() -> put(store, "second")).isInstanceOf(ObjectExistsException.class);
        assertThat(read(store)).isEqualTo("first");
    }

    private DirectoryStore store(String place, Disk disk) {
        return new DirectoryStore(new StoreSettings("main", directory.resolve(place), 0), disk);
    }

    private static void put(DirectoryStore store, String content) throws StorageException {
        byte[] bytes = content.getBytes(UTF_8);
        store.put(NAME, new ByteArrayInputStream(bytes), bytes.length);
    }

    private static String read(DirectoryStore store) throws IOException {
        try (InputStream content = store.open(NAME, 0)) {
            return new String(content.readAllBytes(), UTF_8);
        }
    }

    private static void write(ObjectBatch batch, String name) throws StorageException {
        try (ObjectWriter writer = batch.create(new ObjectName(name), 1)) {
            writer.write(new byte[1], 0, 1);
            writer.complete();
        }
    }

    private static boolean succeeds(Call call) {
        try {
            call.run();
            return true;
        } catch (StorageException e) {
            assertThat(e).hasMessageContaining("the power was cut").hasMessageContaining("in store 'main'");
            return false;
        }
    }

    /** Something that a store is asked for. */
    private interface Call {

        void run() throws StorageException;
    }
}
