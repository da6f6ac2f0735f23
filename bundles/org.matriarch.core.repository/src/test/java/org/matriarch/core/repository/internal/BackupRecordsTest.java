package org.matriarch.core.repository.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.matriarch.core.repository.internal.Samples.ID;
import static org.matriarch.core.repository.internal.Samples.put;
import static org.matriarch.core.repository.internal.Samples.read;
import static org.matriarch.core.repository.internal.Samples.writeWhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.Repository;
import org.matriarch.spi.storage.ObjectName;
import org.matriarch.spi.storage.StorageException;

/** What is known of backups from their records, also those that Barman wrote and those that are damaged. */
final class BackupRecordsTest {

    @TempDir
    Path home;

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
    void keepsAndReleasesABackup() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);

        assertThat(repository.keep(ID, Optional.of(KeepTarget.STANDALONE)).retention())
                .isEqualTo(RetentionStatus.KEEP_STANDALONE);
        assertThat(read(store, "main/meta/20261120T113030-keep")).isEqualTo("standalone");
        assertThat(repository.keep(ID, Optional.of(KeepTarget.FULL)).retention())
                .isEqualTo(RetentionStatus.KEEP_FULL);
        assertThat(repository.keep(ID, Optional.empty()).retention()).isEqualTo(RetentionStatus.NONE);
        assertThat(store.find(new ObjectName("main/meta/20261120T113030-keep"))).isEmpty();
        put(store, "main/base/20261120T113030/annotations/keep", "full");
        assertThat(repository.findBackup(ID).orElseThrow().retention()).isEqualTo(RetentionStatus.KEEP_FULL);
        assertThat(repository.keep(ID, Optional.empty()).retention()).isEqualTo(RetentionStatus.NONE);
        assertThatThrownBy(() -> repository.keep(new BackupId("20200101T000000"), Optional.empty()))
                .hasMessageContaining("MATR-4003");
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
    void tellsWhoseDeletionOfAMarkedBackupBegan() throws StorageException {
        var store = new MemoryStore("default");
        Repository repository = Samples.repository(store, home);
        writeWhole(repository);
        repository.updateStatus(ID, BackupStatus.FAILED, Optional.of("the network went away"));
        assertThat(BegunDeletion.of(repository.backups().get(0))).isEmpty();
        put(store, "main/meta/20261120T113030-delete_this", "delete");

        assertThat(BegunDeletion.of(repository.backups().get(0))).contains(BegunDeletion.UNKNOWN);
        repository.updateStatus(ID, BackupStatus.FAILED, Optional.of(BegunDeletion.POLICY.text()));
        assertThat(BegunDeletion.of(repository.backups().get(0))).contains(BegunDeletion.POLICY);
        store.delete(new ObjectName("main/meta/20261120T113030-delete_this"));
        assertThat(BegunDeletion.of(repository.backups().get(0))).contains(BegunDeletion.POLICY);
        repository.updateStatus(ID, BackupStatus.DONE, Optional.of(BegunDeletion.POLICY.text()));
        assertThat(BegunDeletion.of(repository.backups().get(0))).isEmpty();
    }

    @Test
    void knowsWhichFieldsBarmanKnows() {
        assertThatThrownBy(() -> BackupInfo.empty().with(java.util.Map.of("mine", Optional.of("x"))))
                .hasMessage("Barman knows no field 'mine'");
    }
}
