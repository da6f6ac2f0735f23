package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.repository.internal.Samples.ID;
import static org.matriarch.core.repository.internal.Samples.read;
import static org.matriarch.core.repository.internal.Samples.writeWhole;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.FileWriter;
import org.matriarch.api.repository.Repository;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.StorageException;

/** Backups in Barman's layout, on a store with directories and on one without. */
final class PlainBackupTest {

    @TempDir
    Path home;

    @Test
    void writesBackupInfoToTheLetterAsBarmanDoes() throws IOException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);

        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            Samples.fill(writer);
            writer.finish(Samples.end());
        }

        assertThat(read(store, "main/meta/20261120T113030-backup.info"))
                .isEqualTo(Files.readString(Path.of("src/test/resources/20261120T113030-backup.info")));
    }

    @Test
    void writesBackupInfoOfABackupThatHasOnlyBegun() throws IOException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);

        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            assertThat(writer.backup().status()).isEqualTo(BackupStatus.STARTED);
            assertThat(read(store, "main/meta/20261120T113030-backup.info"))
                    .contains("status=STARTED\n", "begin_xlog=None\n", "timeline=1\n", "backup_name=weekly\n")
                    .doesNotContain("snapshots_info");
        }

        assertThat(read(store, "main/meta/20261120T113030-backup.info"))
                .contains("status=FAILED\n", "error=it ended before all files were stored\n");
    }

    @Test
    void readsBackWhatItRecorded() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);

        BackupWriter writer = repository.begin(Samples.newBackup());
        Samples.fill(writer);
        Backup finished = writer.finish(Samples.end());
        writer.close();

        assertThat(repository.findBackup(ID)).contains(finished);
        assertThat(repository.backups()).containsExactly(finished);
        assertThat(finished.size()).isEqualTo(new BackupSize(13, 13, 0, 3));
        assertThat(finished.source().tablespaces()).isEqualTo(Samples.TABLESPACES);
        assertThat(finished.beginWal()).contains(new WalFileName("000000010000000000000002"));
        assertThat(finished.endWal()).contains(new WalFileName("000000010000000000000003"));
    }

    @Test
    void completesTheTreeOnAStoreWithDirectories() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default", home), home.resolve("main"));

        writeWhole(repository);

        Path base = home.resolve("main/base/20261120T113030");
        assertThat(Files.readString(base.resolve("data/base/1/with space"))).isEqualTo("some bytes");
        assertThat(mode(base.resolve("data/base/1/with space"))).isEqualTo("rw-r-----");
        assertThat(Files.getLastModifiedTime(base.resolve("data/PG_VERSION")).toInstant())
                .isEqualTo(Samples.MODIFIED);
        assertThat(mode(base.resolve("data"))).isEqualTo("rwx------");
        assertThat(mode(base.resolve("data/base"))).isEqualTo("rwxr-x---");
        assertThat(Files.getLastModifiedTime(base.resolve("data/base")).toInstant())
                .isEqualTo(Samples.MODIFIED);
        assertThat(base.resolve("data/pg_wal/archive_status")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(base.resolve("data/pg_tblspc/16385"))).isEqualTo(Path.of("../../16385"));
        assertThat(base.resolve("data/pg_tblspc/16385/PG_16_202307071/5/16999")).isEmptyFile();
        assertThat(base.resolve("16386")).isEmptyDirectory();
    }

    @Test
    void listsFilesWithModeTimeAndChecksumInPathOrder() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        writeWhole(repository);

        List<BackupEntry> entries = repository.open(ID).entries();

        assertThat(entries)
                .extracting(entry -> entry.path().manifestPath())
                .containsExactly(
                        "PG_VERSION",
                        "base",
                        "base/1/with space",
                        "pg_wal/archive_status",
                        "pg_tblspc/16385/PG_16_202307071/5/16999");
        assertThat(entries.get(0))
                .isEqualTo(new BackupEntry(
                        BackupPath.ofData("PG_VERSION"),
                        false,
                        3,
                        0640,
                        Samples.MODIFIED,
                        Optional.of("e6c21e8d260fe71882debdb339d2402a2ca7648529bc2303f48649bce0380017")));
        assertThat(entries.get(4).sha256())
                .contains("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void readsFilesBack() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default", home), home.resolve("main"));
        writeWhole(repository);
        BackupReader reader = repository.open(ID);
        BackupPath file = BackupPath.ofData("base/1/with space");

        try (InputStream in = reader.open(file)) {
            assertThat(in.readAllBytes()).isEqualTo("some bytes".getBytes(UTF_8));
        }

        assertThat(reader.backup().id()).isEqualTo(ID);
        assertThat(reader.localFile(file)).isPresent();
        assertThat(reader.localFile(BackupPath.ofData("base"))).isEmpty();
        assertThatThrownBy(() -> reader.open(BackupPath.ofData("gone")))
                .isInstanceOf(MatriarchException.class)
                .hasMessage(("MATR-4005: file 'gone' of backup '20261120T113030' of server 'main' is missing in store"
                                + " 'default'%nHINT: backup:verify main 20261120T113030 lists all that is wrong with it;"
                                + " restore another backup.")
                        .formatted());
    }

    @Test
    void hasNoDirectoryForProgramsWhereTheStoreHasNone() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            assertThat(writer.localDirectory(0, 1)).isEmpty();
            assertThatThrownBy(() -> writer.adopt(BackupPath.ofData("PG_VERSION")))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void readsNoLocalFileWhereTheStoreHasNone() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        writeWhole(repository);

        assertThat(repository.open(ID).localFile(BackupPath.ofData("PG_VERSION")))
                .isEmpty();
    }

    @Test
    void refusesAManifestThatIsTorn() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);
        String manifest = read(store, "main/meta/20261120T113030-manifest.json");
        store.replace(
                new ObjectName("main/meta/20261120T113030-manifest.json"),
                manifest.substring(0, manifest.length() - 30).getBytes(UTF_8));

        assertThatThrownBy(() -> repository.open(ID).entries())
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("MATR-2007: unable to read 'main/meta/20261120T113030-manifest.json'");
    }

    @Test
    void givesBackupsOfOneSecondDifferentIds() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);

        repository.begin(Samples.newBackup()).close();
        repository.begin(Samples.newBackup()).close();

        assertThat(repository.backups())
                .extracting(backup -> backup.id().value())
                .containsExactly("20261120T113030", "20261120T113031");
    }

    @Test
    void recordsAFailureInOneLine() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        BackupWriter writer = repository.begin(Samples.newBackup());

        Backup failed = writer.fail("connection lost\nat 12");
        writer.close();

        assertThat(failed.status()).isEqualTo(BackupStatus.FAILED);
        assertThat(repository.findBackup(ID).orElseThrow().error()).contains("connection lost");
        assertThatThrownBy(() -> writer.fail("again")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.finish(Samples.end())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesToFinishWhileAFileIsOpen() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);
        BackupWriter writer = repository.begin(Samples.newBackup());
        FileWriter file = writer.file(BackupPath.ofData("half"), 10, 0600, Samples.MODIFIED);

        assertThatThrownBy(() -> writer.finish(Samples.end())).isInstanceOf(IllegalStateException.class);

        file.close();
        file.close();
        assertThat(writer.finish(Samples.end()).size().fileCount()).isZero();
    }

    @Test
    void leavesATablespaceInPlaceAlone() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default", home), home.resolve("main"));
        BackupWriter writer = repository.begin(Samples.newBackup());
        Samples.writeFile(writer, BackupPath.ofData("pg_tblspc/16386/1"), "in place");

        writer.finish(Samples.end());

        Path links = home.resolve("main/base/20261120T113030/data/pg_tblspc");
        assertThat(Files.isSymbolicLink(links.resolve("16385"))).isTrue();
        assertThat(Files.isDirectory(links.resolve("16386"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void leavesAtEveryStepOfWritingNothingThatLooksWhole() {
        for (int step = 0; ; step++) {
            var kept = new MemoryStore("default");
            var dying = new DyingStore(kept, step);

            boolean finished = tryToWrite(Samples.repository(dying, home));

            List<Backup> backups = Samples.repository(kept, home).backups();
            if (finished) {
                assertThat(backups).extracting(Backup::status).containsExactly(BackupStatus.WAITING_FOR_WALS);
                assertThat(step).isGreaterThan(10);
                return;
            }
            assertThat(backups).extracting(Backup::status).doesNotContain(BackupStatus.DONE);
            for (Backup backup : backups) {
                if (backup.status() == BackupStatus.WAITING_FOR_WALS) {
                    BackupReader reader = Samples.repository(kept, home).open(backup.id());
                    assertThat(reader.entries()).hasSize(5);
                }
            }
        }
    }

    @Test
    void leavesAtEveryStepOfDeletingNothingThatLooksWholeAndCanGoOn() {
        for (int step = 0; ; step++) {
            var kept = new MemoryStore("default");
            writeWhole(Samples.repository(kept, home));
            int objects = objects(kept);
            var dying = new DyingStore(kept, step);
            Repository repository = Samples.repository(dying, home);

            boolean deleted = succeeds(() -> repository.delete(ID));

            Repository later = Samples.repository(kept, home);
            if (objects(kept) < objects) {
                assertThat(later.backups()).allMatch(backup -> backup.status() == BackupStatus.FAILED);
            }
            later.delete(ID);
            assertThat(objects(kept)).isZero();
            later.delete(ID);
            if (deleted) {
                return;
            }
        }
    }

    @Test
    void saysWhatTheStoreSays() {
        Repository repository = Samples.repository(new DyingStore(new MemoryStore("default"), -1), home);
        String power = "MATR-2002: unable to go on: power is off";

        assertThatThrownBy(repository::backups).hasMessageContaining(power);
        assertThatThrownBy(() -> repository.findBackup(ID)).hasMessageContaining(power);
        assertThatThrownBy(() -> repository.begin(Samples.newBackup())).hasMessageContaining(power);
        assertThatThrownBy(() -> repository.delete(ID)).hasMessageContaining(power);
        assertThatThrownBy(() -> repository.updateStatus(ID, BackupStatus.DONE, Optional.empty()))
                .hasMessageContaining(power);
    }

    private static boolean tryToWrite(Repository repository) {
        return succeeds(() -> {
            try (BackupWriter writer = repository.begin(Samples.newBackup())) {
                Samples.fill(writer);
                writer.finish(Samples.end());
            }
        });
    }

    private static boolean succeeds(Runnable action) {
        try {
            action.run();
            return true;
        } catch (MatriarchException e) {
            return false;
        }
    }

    private static int objects(MemoryStore store) {
        try {
            return store.names().size();
        } catch (StorageException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
