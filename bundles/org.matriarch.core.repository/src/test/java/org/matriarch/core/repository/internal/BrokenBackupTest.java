package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.api.repository.Repository;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.storage.file.internal.FileObjectStore;

/** What a backup that broke leaves to the next one. */
final class BrokenBackupTest {

    private static final BackupPath VERSION = BackupPath.ofData("PG_VERSION");
    private static final BackupPath SPACED = BackupPath.ofData("base/1/with space");
    private static final BackupId SECOND = new BackupId("20261120T113031");

    @TempDir
    Path home;

    @Test
    void knowsEachFileThatWasStored() {
        Repository repository = repository(fileStore());

        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            Samples.fill(writer);
            assertThat(repository.findBroken(Samples.ID))
                    .as("while it is written")
                    .isPresent();
        }

        BrokenBackup broken = repository.findBroken(Samples.ID).orElseThrow();
        assertThat(broken.backup().status()).isEqualTo(BackupStatus.FAILED);
        assertThat(broken.serverTime()).isEqualTo(Samples.facts().clock());
        assertThat(broken.sharesFiles()).isFalse();
        assertThat(broken.files())
                .extracting(entry -> entry.path().toString())
                .containsExactly("PG_VERSION", "base/1/with space", "pg_tblspc/16385/PG_16_202307071/5/16999");
        assertThat(broken.files().get(0))
                .isEqualTo(new BackupEntry(
                        VERSION,
                        false,
                        3,
                        0640,
                        Samples.MODIFIED,
                        Optional.of("e6c21e8d260fe71882debdb339d2402a2ca7648529bc2303f48649bce0380017")));
    }

    @Test
    void isNotBrokenOnceItHasAllItsFiles() {
        Repository repository = repository(fileStore());

        Samples.writeWhole(repository);
        repository.updateStatus(Samples.ID, BackupStatus.FAILED, Optional.of("WAL 1 was archived and is gone"));

        assertThat(repository.findBroken(Samples.ID)).isEmpty();
        assertThat(repository.findBroken(SECOND)).isEmpty();
        assertThat(journal(Samples.ID)).doesNotExist();
    }

    @Test
    void givesItsFilesAway() throws IOException {
        Repository repository = repository(fileStore());
        breakOff(repository);
        Object inode = inode(Samples.ID, VERSION);

        resume(repository, false);
        repository.delete(Samples.ID);

        assertThat(inode(SECOND, VERSION)).isEqualTo(inode);
        requireWhole(repository);
        assertThat(home.resolve("main/unfinished")).isEmptyDirectory();
    }

    @Test
    void givesACopyWhereTheStoreHasNoLinks() throws IOException {
        Repository repository = repository(new MemoryStore("default"));
        breakOff(repository);

        resume(repository, true);
        repository.delete(Samples.ID);

        requireWhole(repository);
    }

    @Test
    void isBelievedNothingThatItsContentDoesNotProve() throws IOException {
        Repository repository = repository(fileStore());
        breakOff(repository);
        Path version = file(Samples.ID, VERSION);
        byte[] damaged = Files.readAllBytes(version);
        damaged[0] ^= 1;
        Files.write(version, damaged);
        Files.write(file(Samples.ID, SPACED), new byte[1]);

        BrokenBackup broken = repository.findBroken(Samples.ID).orElseThrow();
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            assertThat(writer.resume(broken, entry(broken, VERSION), true)).isFalse();
            assertThat(writer.resume(broken, entry(broken, SPACED), true)).isFalse();
            repository.delete(Samples.ID);
            assertThat(writer.resume(broken, broken.files().get(2), true)).isFalse();
            Samples.fill(writer);
            writer.finish(Samples.end());
        }

        requireWhole(repository);
    }

    @Test
    void isBelievedNothingWithoutLinksEither() throws IOException {
        var store = new MemoryStore("default");
        Repository repository = repository(store);
        breakOff(repository);
        store.replace(new ObjectName("main/base/20261120T113030/data/PG_VERSION"), "17\n".getBytes(UTF_8));

        BrokenBackup broken = repository.findBroken(Samples.ID).orElseThrow();
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            assertThat(writer.resume(broken, entry(broken, VERSION), true)).isFalse();
            Samples.fill(writer);
            writer.finish(Samples.end());
        }

        requireWhole(repository);
    }

    @Test
    void sharesNoFileOfAWholeBackupUnlessThatIsWanted() throws IOException {
        Repository repository = repository(fileStore());
        Samples.writeWhole(repository);
        BackupReader whole = repository.open(Samples.ID);
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), Lsn.parse("0/2000028"));
            writer.reuse(whole, whole.entries().get(0), true);
        }
        BrokenBackup broken = repository.findBroken(SECOND).orElseThrow();

        Backup copied = takeOne(repository, broken, false);
        Backup linked = takeOne(repository, broken, true);

        assertThat(broken.sharesFiles()).isTrue();
        assertThat(inode(copied.id(), VERSION)).isNotEqualTo(inode(Samples.ID, VERSION));
        assertThat(inode(linked.id(), VERSION)).isEqualTo(inode(Samples.ID, VERSION));
        assertThat(Files.readString(file(copied.id(), VERSION))).isEqualTo("16\n");
    }

    @Test
    void isKnownUpToWhereItsJournalIsTorn() throws IOException {
        Repository repository = repository(fileStore());
        breakOff(repository);
        byte[] journal = Files.readAllBytes(journal(Samples.ID));

        for (int length = 0; length < journal.length; length++) {
            Files.write(journal(Samples.ID), Arrays.copyOf(journal, length));
            Optional<BrokenBackup> broken = repository.findBroken(Samples.ID);
            long lines =
                    IntStream.range(0, length).filter(at -> journal[at] == '\n').count();
            // A line whose end alone is missing is whole, too.
            long files = broken.map(found -> (long) found.files().size()).orElse(0L);
            assertThat(files).isBetween(Math.max(0, lines - 1), Math.max(0, lines));
        }
        Files.write(journal(Samples.ID), "9 nonsense\n".getBytes(UTF_8));
        assertThat(repository.findBroken(Samples.ID)).isEmpty();
        Files.write(journal(Samples.ID), "1 yesterday\n".getBytes(UTF_8));
        assertThat(repository.findBroken(Samples.ID)).isEmpty();
        Files.write(journal(Samples.ID), Arrays.copyOf(journal, journal.length + 100)); // as after a power cut
        assertThat(repository.findBroken(Samples.ID).orElseThrow().files()).hasSize(3);
    }

    @Test
    void isBrokenAlsoIfItHasStoredNothing() {
        Repository repository = repository(fileStore());

        repository.begin(Samples.newBackup()).close();

        assertThat(repository.findBroken(Samples.ID).orElseThrow().files()).isEmpty();
    }

    @Test
    void goesWithoutAJournalThatCannotBeWritten() throws IOException {
        Files.createDirectories(home.resolve("main"));
        Files.writeString(home.resolve("main/unfinished"), "in the way");
        Repository repository = repository(fileStore());

        breakOff(repository);
        assertThat(repository.findBroken(Samples.ID)).isEmpty();
        repository.delete(Samples.ID);
        Samples.writeWhole(repository);

        assertThat(repository.open(Samples.ID).entries()).hasSize(5);
    }

    @Test
    void leavesNoJournalBehindThatNobodyNeeds() throws IOException {
        Repository repository = repository(fileStore());
        breakOff(repository);
        Files.copy(journal(Samples.ID), journal(new BackupId("20250101T000000")));
        Files.copy(journal(Samples.ID), home.resolve("main/unfinished/notes.files"));

        breakOff(repository);

        assertThat(home.resolve("main/unfinished")).isDirectoryNotContaining("glob:**20250101T000000*");
        assertThat(home.resolve("main/unfinished")).isDirectoryNotContaining("glob:**notes*");
        assertThat(journal(Samples.ID)).exists();
        repository.delete(Samples.ID);
        assertThat(journal(Samples.ID)).doesNotExist();
    }

    @Test
    void leavesAtEveryStepOfResumingARightState() throws IOException {
        boolean ended = false;
        for (int step = 0; !ended; step++) {
            Path directory = Files.createDirectories(home.resolve("step" + step));
            breakOff(repository(fileStore(directory), directory));
            Repository dying = repository(new DyingStore(fileStore(directory), step), directory);

            ended = succeeds(() -> {
                resume(dying, false);
                dying.delete(Samples.ID);
            });

            Repository later = repository(fileStore(directory), directory);
            for (Backup backup : later.backups()) {
                if (backup.status() == BackupStatus.WAITING_FOR_WALS) {
                    requireWhole(later, backup.id());
                } else {
                    assertThat(backup.status()).isNotEqualTo(BackupStatus.DONE);
                    assertThat(later.findBroken(backup.id()).isPresent()
                                    || backup.id().equals(SECOND))
                            .as("the next backup finds %s, and deletes it in the end", backup.id())
                            .isTrue();
                }
            }
            assertThat(later.findBackup(Samples.ID).isPresent()
                            || later.findBackup(SECOND).orElseThrow().status() == BackupStatus.WAITING_FOR_WALS)
                    .isTrue();
        }
    }

    @Test
    void saysWhatTheStoreSays() {
        breakOff(repository(fileStore()));
        BrokenBackup broken = repository(fileStore()).findBroken(Samples.ID).orElseThrow();
        var dying = new DyingStore(fileStore(), 4);
        BackupWriter writer = repository(dying).begin(Samples.newBackup());

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 9; i++) {
                        writer.resume(broken, broken.files().get(i % 3), true);
                    }
                })
                .isInstanceOf(MatriarchException.class);
        assertThatThrownBy(writer::close).isInstanceOf(MatriarchException.class);
    }

    private static void breakOff(Repository repository) {
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            Samples.fill(writer);
            writer.fail("broken");
        }
    }

    private static void resume(Repository repository, boolean mayShare) {
        BrokenBackup broken = repository.findBroken(Samples.ID).orElseThrow();
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), Lsn.parse("0/2000028"));
            for (BackupEntry file : broken.files()) {
                assertThat(writer.resume(broken, file, mayShare)).isTrue();
            }
            writer.finish(Samples.end());
        }
    }

    private static Backup takeOne(Repository repository, BrokenBackup broken, boolean mayShare) {
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), Lsn.parse("0/2000028"));
            assertThat(writer.resume(broken, entry(broken, VERSION), mayShare)).isTrue();
            return writer.finish(Samples.end());
        }
    }

    private static BackupEntry entry(BrokenBackup broken, BackupPath path) {
        return broken.files().stream()
                .filter(entry -> entry.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static void requireWhole(Repository repository) throws IOException {
        requireWhole(repository, SECOND);
    }

    private static void requireWhole(Repository repository, BackupId id) throws IOException {
        BackupReader reader = repository.open(id);
        assertThat(reader.entries().stream().filter(entry -> !entry.directory()))
                .hasSize(3);
        for (BackupEntry entry : reader.entries()) {
            if (!entry.directory()) {
                try (InputStream in = reader.open(entry.path())) {
                    assertThat(HexFormat.of().formatHex(ChecksumThreads.sha256().digest(in.readAllBytes())))
                            .isEqualTo(entry.sha256().orElseThrow());
                }
            }
        }
    }

    private static boolean succeeds(Runnable action) {
        try {
            action.run();
            return true;
        } catch (MatriarchException e) {
            return false;
        }
    }

    private Path journal(BackupId id) {
        return home.resolve("main/unfinished/" + id + ".files");
    }

    private Path file(BackupId id, BackupPath path) {
        return home.resolve("main/base").resolve(id.value()).resolve("data").resolve(path.path());
    }

    private Object inode(BackupId id, BackupPath path) throws IOException {
        return Files.getAttribute(file(id, path), "unix:ino");
    }

    private Repository repository(ObjectStore store) {
        return repository(store, home);
    }

    private static Repository repository(ObjectStore store, Path directory) {
        return Samples.repository(store, directory.resolve("main"));
    }

    private ObjectStore fileStore() {
        return fileStore(home);
    }

    private static ObjectStore fileStore(Path directory) {
        return new FileObjectStore(
                Map.of("matriarch.store.id", "default", "directory", directory.toString(), "reserve_mebibytes", 0L));
    }
}
