package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.repository.InMemoryWalArchive;

final class DeltaRestoreTest {

    private static final int ALWAYS = Integer.MAX_VALUE;
    private static final String CLUSTER = "7000000000000000001";

    @TempDir(factory = InMemory.class)
    private Path directory;

    private InMemoryWalArchive wal;
    private StoredBackups backups;
    private Path data;
    private Path fast;

    /** Hundreds of restores, each of which syncs everything, would wait for the disk for long. */
    static final class InMemory implements TempDirFactory {

        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "matriarch-test")
                    : Files.createTempDirectory("matriarch-test");
        }
    }

    @BeforeEach
    void storeABackup() throws IOException {
        data = directory.resolve("data");
        fast = directory.resolve("fast 'n' $(loud)");
        wal = new InMemoryWalArchive().addHistory(2, "1\t0/3000000\tleft early\n");
        for (String name : new String[] {"000000010000000000000003", "000000010000000000000004"}) {
            wal.add(new WalFileName(name), new byte[(int) Fixtures.SEGMENT]);
        }
        backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n")
                .file(0, "global/pg_control", "control")
                .file(0, "base/1/1259", "class")
                .file(0, "base/1/1260", "auth")
                .file(0, "postgresql.conf", "archive_command = 'cp'\nport = 1\n")
                .file(0, "backup_manifest", "{}")
                .file(16400, "PG_16_202307071/5/1234", "rows")
                .file(16400, "PG_16_202307071/5/1235", "more")
                .emptyDirectory("pg_notify");
    }

    @Test
    void writesOnlyWhatDiffers() throws Exception {
        run(false, ALWAYS);
        Map<Path, String> whole = tree();
        Object same = inode(data.resolve("base/1/1259"));
        Object sameThere = inode(fast.resolve("PG_16_202307071/5/1234"));
        age();

        long kept = run(true, ALWAYS);

        assertThat(tree()).isEqualTo(whole);
        assertThat(inode(data.resolve("base/1/1259"))).isEqualTo(same);
        assertThat(inode(fast.resolve("PG_16_202307071/5/1234"))).isEqualTo(sameThere);
        assertThat(kept).isEqualTo("16\n".length() + "class".length() + "rows".length() + "{}".length());
    }

    @Test
    void leavesAloneWhatIsLinkedToOrFrom() throws Exception {
        run(false, ALWAYS);
        Path other = Files.createLink(directory.resolve("same bytes"), data.resolve("base/1/1260"));
        Path elsewhere = Files.writeString(
                Files.createDirectory(directory.resolve("elsewhere")).resolve("precious"), "mine");
        Files.createSymbolicLink(data.resolve("pg_tblspc/99999"), elsewhere.getParent());
        Files.delete(data.resolve("pg_wal"));
        Files.createSymbolicLink(data.resolve("pg_wal"), elsewhere.getParent());
        Files.createDirectory(fast.resolve("PG_15_202209061"));

        run(true, ALWAYS);

        assertThat(other).hasContent("auth");
        assertThat(inode(other)).isNotEqualTo(inode(data.resolve("base/1/1260")));
        assertThat(elsewhere).hasContent("mine");
        assertThat(data.resolve("pg_tblspc/99999")).doesNotExist();
        assertThat(Files.isDirectory(data.resolve("pg_wal"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
        assertThat(fast.resolve("PG_15_202209061")).exists();
    }

    @Test
    void fillsANewDirectoryAsWell() throws Exception {
        assertThat(run(true, ALWAYS)).isZero();
        Map<Path, String> filled = tree();
        put(Map.of());
        run(false, ALWAYS);

        assertThat(filled).isEqualTo(tree());
    }

    @Test
    void leavesNothingThatStartsWhereverThePowerFails() throws Exception {
        run(false, ALWAYS);
        Map<Path, String> whole = tree();
        age();
        Map<Path, String> older = tree();
        boolean done = false;
        for (int changes = 0; !done; changes++) {
            put(older);
            try {
                run(true, changes);
                done = true;
            } catch (IOException e) {
                assertThat(e).hasMessage("no change after %d".formatted(changes));
            }
            if (!Files.exists(data.resolve("global/pg_control"))) {
                assertThatThrownBy(() -> run(false, ALWAYS)).hasMessageContaining("MATR-5001");
            } else if (!done) {
                assertThat(tree()).as("after %d changes", changes).isIn(older, whole);
            }
            run(true, ALWAYS);
            assertThat(tree()).as("after %d changes", changes).isEqualTo(whole);
        }
    }

    @Test
    void goesOnWithARestoreWhereverThatWasKilled() throws Exception {
        run(false, ALWAYS);
        Map<Path, String> whole = tree();
        for (int changes = 1; changes < 200; changes += 3) {
            put(Map.of());
            try {
                run(false, changes); // which cannot clean up either
            } catch (IOException e) {
                assertThat(data.resolve("global/pg_control")).doesNotExist();
            }

            run(true, ALWAYS);

            assertThat(tree()).as("after %d changes", changes).isEqualTo(whole);
        }
    }

    @Test
    void refusesWhatIsNoDataDirectory() throws Exception {
        Files.createDirectories(data.resolve("photos"));

        assertThatThrownBy(() -> run(true, ALWAYS))
                .hasMessage(
                        "MATR-5001: unable to restore the data directory to '%s': it holds something else than a data directory%nHINT: choose an empty or a new directory, or one that holds an older copy of the server."
                                .formatted(data));
        assertThat(data.resolve("photos")).exists();
    }

    @Test
    void refusesAnotherCluster() throws Exception {
        run(false, ALWAYS);
        Path control = data.resolve("global/pg_control");
        Files.write(control, ByteBuffer.allocate(16).putLong(42).array());

        assertThatThrownBy(() -> run(true, ALWAYS))
                .hasMessageContaining("it holds another cluster, whose system identifier is not " + CLUSTER);

        Files.write(
                control,
                ByteBuffer.allocate(16).putLong(Long.parseLong(CLUSTER)).array());
        run(true, ALWAYS);
        assertThat(control).hasContent("control");
    }

    @Test
    void refusesAServerThatRuns() throws Exception {
        run(false, ALWAYS);
        Path pid = data.resolve("postmaster.pid");
        for (String running : new String[] {
            "" + ProcessHandle.current().pid(), "-" + ProcessHandle.current().pid(), ""
        }) {
            Files.writeString(pid, running + "\n/srv\n");

            assertThatThrownBy(() -> run(true, ALWAYS))
                    .hasMessageContaining("PostgreSQL runs there, as process " + running);
        }

        assertThat(data.resolve("global/pg_control")).exists();
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(pid, gone.pid() + "\n");
        run(true, ALWAYS);
        assertThat(pid).doesNotExist();
    }

    @Test
    void refusesATablespaceThatMayBelongToAnotherServer() throws Exception {
        run(false, ALWAYS);
        Path link = data.resolve("pg_tblspc/16400");
        Files.delete(link);

        assertThatThrownBy(() -> run(true, ALWAYS))
                .hasMessageContaining("unable to restore the tablespace 'fast' to '%s'".formatted(fast))
                .hasMessageContaining("it is not empty, and the data directory '%s' has no link to it".formatted(data));

        Files.createSymbolicLink(link, directory);
        assertThatThrownBy(() -> run(true, ALWAYS)).hasMessageContaining("has no link to it");
    }

    @Test
    void takesIntoAccountWhatIsThere() throws Exception {
        run(false, ALWAYS);
        long needed = plan(true, ALWAYS).sizeBytes();
        long there = tree().keySet().stream()
                .filter(Files::isRegularFile)
                .mapToLong(file -> file.toFile().length())
                .sum();

        plan(true, ALWAYS, needed - there);

        assertThatThrownBy(() -> plan(true, ALWAYS, needed - there - 1))
                .hasMessageContaining("%d bytes are needed and %d are free".formatted(needed, needed - 1));
    }

    private void age() throws IOException {
        Path changed = data.resolve("base/1/1260");
        FileTime modified = Files.getLastModifiedTime(changed);
        Files.writeString(changed, "AUTH");
        Files.setLastModifiedTime(changed, modified);
        Files.writeString(fast.resolve("PG_16_202307071/5/1235"), "longer than before");
        Files.writeString(data.resolve("base/1/2000"), "extra");
        Files.createDirectories(data.resolve("base/7/deep"));
        Files.writeString(data.resolve("base/7/deep/2000"), "extra");
        Files.writeString(fast.resolve("PG_16_202307071/5/2000"), "extra");
        Files.createSymbolicLink(data.resolve("pg_tblspc/77777"), directory);
        Files.deleteIfExists(data.resolve("pg_notify"));
        Files.writeString(data.resolve("standby.signal"), "");
        Files.createDirectory(data.resolve("postmaster.opts")); // a file once
    }

    /** Returns what is in both places, with its content or, of a link, its target. */
    private Map<Path, String> tree() throws IOException {
        var tree = new TreeMap<Path, String>();
        for (Path place : new Path[] {data, fast}) {
            try (Stream<Path> paths = Files.walk(place)) {
                for (Path path : (Iterable<Path>) paths::iterator) {
                    tree.put(path, describe(path));
                }
            }
        }
        return tree;
    }

    /** Puts back what {@link #tree} has found, in place of all there is. */
    private void put(Map<Path, String> tree) throws IOException {
        for (Path place : new Path[] {data, fast}) {
            try (HostFiles files = LocalFiles.at(place)) {
                Tree.clear(files, place, place);
            }
        }
        for (Map.Entry<Path, String> entry : tree.entrySet()) {
            if (entry.getValue().startsWith("-> ")) {
                Files.createSymbolicLink(
                        entry.getKey(), Path.of(entry.getValue().substring(3)));
            } else if (entry.getValue().equals("directory")) {
                Files.createDirectories(entry.getKey());
            } else {
                Files.writeString(entry.getKey(), entry.getValue());
            }
        }
    }

    private static String describe(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "-> " + Files.readSymbolicLink(path);
        }
        return Files.isDirectory(path) ? "directory" : Files.readString(path);
    }

    private static Object inode(Path path) throws IOException {
        return Files.getAttribute(path, "unix:ino");
    }

    private RestorePlan plan(boolean delta, int changes) throws IOException {
        return plan(delta, changes, Long.MIN_VALUE);
    }

    private RestorePlan plan(boolean delta, int changes, long room) throws IOException {
        try (HostFiles files = new ForwardingFiles(LocalFiles.at(data), changes) {
            @Override
            public Room room(Path path) throws IOException {
                return room == Long.MIN_VALUE ? super.room(path) : new Room("all", room);
            }
        }) {
            return new RestorePlanner(backups, new ArchivedWal(wal, directory), "fetch")
                    .plan(
                            files,
                            Fixtures.into(data, Map.of("fast", fast)).settled(Optional.empty(), delta),
                            Fixtures.backup(),
                            true);
        }
    }

    private long run(boolean delta, int changes) throws IOException, InterruptedException {
        RestorePlan plan = plan(delta, ALWAYS);
        var context = new CountingContext(0);
        try (HostFiles files = new ForwardingFiles(LocalFiles.at(data), changes)) {
            return new RestoreRun(
                            plan,
                            backups.open(Fixtures.backup().id()),
                            new ListedWalFiles(wal),
                            files,
                            context,
                            new Retries(0, Duration.ZERO, Pause.SLEEP, context))
                    .run(1);
        }
    }
}
