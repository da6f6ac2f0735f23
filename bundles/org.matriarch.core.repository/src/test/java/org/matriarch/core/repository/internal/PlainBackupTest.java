package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
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
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.RetentionStatus;
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

    private static final BackupId ID = new BackupId("20261120T113030");

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
    void updatesStatusAndKeepsFieldsOfANewerBarman() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);
        String info = read(store, "main/meta/20261120T113030-backup.info");
        store.replace(
                new ObjectName("main/meta/20261120T113030-backup.info"),
                ("# a comment\n\n" + info + "gp_dbid=7\n").getBytes(UTF_8));

        Backup done = repository.updateStatus(ID, BackupStatus.DONE, Optional.empty());

        assertThat(done.status()).isEqualTo(BackupStatus.DONE);
        assertThat(read(store, "main/meta/20261120T113030-backup.info"))
                .contains("status=DONE\n", "gp_dbid=7\n", "copy_stats={'copy_time': 12.0, 'total_time': 12.0}\n")
                .doesNotContain("#");
    }

    @Test
    void refusesToUpdateABackupThatIsNotThere() {
        Repository repository = Samples.repository(new MemoryStore("default"), home);

        assertThatThrownBy(() -> repository.updateStatus(ID, BackupStatus.DONE, Optional.empty()))
                .hasMessage(
                        ("MATR-4003: server 'main' has no backup '20261120T113030'%nHINT: backup:list main shows those"
                                        + " it has.")
                                .formatted());
        assertThatThrownBy(() -> repository.open(ID)).hasMessageContaining("MATR-4003");
        assertThat(repository.findBackup(ID)).isEmpty();
    }

    @Test
    void listsABackupWhoseRecordCannotBeReadAsFailed() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        put(store, "main/meta/20261120T113030-backup.info", "nonsense");
        put(store, "main/meta/20261121T113030-backup.info", "begin_xlog=nowhere\n");
        put(store, "main/meta/notes-backup.info", "not ours");

        assertThat(repository.backups())
                .extracting(backup -> backup.status() + " " + backup.error().orElse(""))
                .containsExactly(
                        "FAILED its record cannot be read: line 'nonsense' is not of the form name=value",
                        "FAILED its record cannot be read: field 'begin_xlog' is 'nowhere'");
        assertThatThrownBy(() -> repository.updateStatus(ID, BackupStatus.DONE, Optional.empty()))
                .hasMessageContaining("MATR-2007: unable to read 'main/meta/20261120T113030-backup.info'");
        repository.delete(ID);
        assertThat(repository.backups()).hasSize(1);
    }

    @Test
    void readsWhatOlderBarmansLeft() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default", home), home.resolve("main"));
        Path base = Files.createDirectories(home.resolve("main/base/20140723T110043"));
        Files.createDirectories(base.resolve("pgdata/pg_tblspc/16385/PG_9.3"));
        Files.createDirectories(base.resolve("annotations"));
        Files.writeString(base.resolve("annotations/keep"), "standalone");
        Files.writeString(base.resolve("pgdata/PG_VERSION"), "9.3\n");
        Files.writeString(base.resolve("pgdata/pg_tblspc/16385/PG_9.3/1"), "x");
        Files.writeString(base.resolve("backup.info"), """
                version=90300
                mode=rsync-exclusive
                status=DONE
                begin_time=Wed Jul 23 11:00:43 2014
                tablespaces=[(u'fast', 16385L, '/srv/fast'),]
                size=5
                end_time=2014-07-23 12:00:00.5
                """);

        Backup backup = repository.backups().get(0);
        BackupReader reader = repository.open(backup.id());

        assertThat(backup.transport()).isEqualTo("rsync");
        assertThat(backup.status()).isEqualTo(BackupStatus.DONE);
        assertThat(backup.retention()).isEqualTo(RetentionStatus.KEEP_STANDALONE);
        assertThat(backup.span().beginTime()).hasToString("2014-07-23T09:00:43Z");
        assertThat(backup.span().endTime().orElseThrow()).hasToString("2014-07-23T10:00:00.500Z");
        assertThat(reader.entries())
                .extracting(entry -> entry.path().manifestPath())
                .containsExactly("PG_VERSION", "pg_tblspc", "pg_tblspc/16385/PG_9.3", "pg_tblspc/16385/PG_9.3/1");
        assertThat(reader.localFile(new BackupPath(16385, "PG_9.3/1"))).isPresent();

        repository.updateStatus(backup.id(), BackupStatus.FAILED, Optional.of("why not"));
        assertThat(repository.backups()).extracting(Backup::status).containsExactly(BackupStatus.FAILED);
        repository.delete(backup.id());
        assertThat(repository.backups()).isEmpty();
    }

    @Test
    void looksAtTheFilesOfABackupWithoutManifest() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);
        store.delete(new ObjectName("main/meta/20261120T113030-manifest.json"));

        assertThat(repository.open(ID).entries())
                .extracting(entry -> entry.path().manifestPath())
                .containsExactly(
                        "PG_VERSION",
                        "base",
                        "base/1",
                        "base/1/with space",
                        "pg_tblspc/16385/PG_16_202307071",
                        "pg_tblspc/16385/PG_16_202307071/5",
                        "pg_tblspc/16385/PG_16_202307071/5/16999");
    }

    @Test
    void looksAtTheDirectoriesOfABackupWithoutManifest() throws IOException {
        Repository repository = Samples.repository(new MemoryStore("default", home), home.resolve("main"));
        writeWhole(repository);
        Files.delete(home.resolve("main/meta/20261120T113030-manifest.json"));
        Files.delete(home.resolve("main/base/20261120T113030/16386"));

        List<BackupEntry> entries = repository.open(ID).entries();

        assertThat(entries)
                .extracting(entry -> entry.path().manifestPath())
                .contains("pg_wal/archive_status", "pg_tblspc");
        assertThat(entries.get(0).mode()).isEqualTo(0640);
        assertThat(entries.get(0).sha256()).isEmpty();
        assertThat(repository.findBackup(ID).orElseThrow().size().fileCount()).isEqualTo(3);
        assertThat(Samples.repository(new MemoryStore("default", home), home)
                        .findBackup(ID)
                        .orElseThrow()
                        .size()
                        .fileCount())
                .isZero();
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
    void tellsIncrementalsAndKeptBackupsApart() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        put(store, "main/meta/20261120T113030-backup.info", """
                mode=postgres
                status=SYNCING
                parent_backup_id=20261119T113030
                """);
        put(store, "main/meta/20261120T113030-keep", "full");
        put(store, "main/meta/20261121T113030-backup.info", "mode=ssh\nstatus=EMPTY\ntablespaces=None\n");
        put(store, "main/meta/20261122T113030-backup.info", "status=DONE\ntablespaces=[('a', 1)]\n");

        List<Backup> backups = repository.backups();

        assertThat(backups.get(0).kind()).isEqualTo(BackupKind.INCREMENTAL);
        assertThat(backups.get(0).transport()).isEqualTo("streaming");
        assertThat(backups.get(0).retention()).isEqualTo(RetentionStatus.KEEP_FULL);
        assertThat(backups.get(1).status()).isEqualTo(BackupStatus.STARTED);
        assertThat(backups.get(1).transport()).isEqualTo("ssh");
        assertThat(backups.get(1).span().beginTime()).hasToString("2026-11-21T10:30:30Z");
        assertThat(backups.get(2).error())
                .hasValueSatisfying(error -> assertThat(error).contains("tablespaces"));
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
    void listsAMarkedBackupAsFailed() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);
        put(store, "main/meta/20261120T113030-delete_this", "delete");

        Backup backup = repository.backups().get(0);

        assertThat(backup.status()).isEqualTo(BackupStatus.FAILED);
        assertThat(backup.error()).contains("its deletion began and has not ended");
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

    @Test
    void knowsWhichFieldsBarmanKnows() {
        assertThatThrownBy(() -> BackupInfo.empty().with(java.util.Map.of("mine", Optional.of("x"))))
                .hasMessage("Barman knows no field 'mine'");
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

    private static void writeWhole(Repository repository) {
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            Samples.fill(writer);
            writer.finish(Samples.end());
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void put(MemoryStore store, String name, String content) throws StorageException {
        byte[] bytes = content.getBytes(UTF_8);
        store.put(new ObjectName(name), new ByteArrayInputStream(bytes), bytes.length);
    }

    private static String read(MemoryStore store, String name) {
        try (InputStream in = store.open(new ObjectName(name), 0)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
