package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RecoveryTarget;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.recovery.RestoreRequest;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.repository.InMemoryWalArchive;

final class RestorePlannerTest {

    private static final String A3 = "000000010000000000000003";
    private static final String A4 = "000000010000000000000004";

    @TempDir
    Path directory;

    private StoredBackups backups;
    private InMemoryWalArchive wal;

    @BeforeEach
    void storeABackup() throws IOException {
        wal = Fixtures.archive(A3, A4);
        backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n")
                .file(0, "postgresql.conf", "hba_file = '/etc/pg_hba.conf'\n")
                .file(16400, "PG_16_202307071/5/1234", "rows")
                .emptyDirectory("pg_notify");
    }

    @Test
    void namesEverythingBeforeAnythingIsWritten() throws IOException {
        RestorePlan plan = plan(request(), Fixtures.backup(), false);

        assertThat(plan.timeline()).isEqualTo(1);
        assertThat(plan.tablespaces()).isEqualTo(Map.of(16400L, directory.resolve("fast")));
        assertThat(plan.wal()).extracting(WalFileName::value).containsExactly(A3, A4);
        assertThat(plan.fileCount()).isEqualTo(3);
        assertThat(plan.sizeBytes()).isEqualTo(37);
        assertThat(plan.signalFile()).contains("recovery.signal");
        assertThat(plan.warnings()).containsExactly("postgresql.conf says: hba_file = '/etc/pg_hba.conf'");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void saysWhatOfTheConfigurationIsNotFollowed() throws IOException {
        backups.file(
                        0,
                        "postgresql.conf",
                        "data_directory = '/srv/old'\nhba_file = '/etc/pg_hba.conf'\nssl_key_file = 'k'\n")
                .file(0, "pg_hba.conf", "");

        assertThat(plan(request(), Fixtures.backup(), false).warnings())
                .containsExactly(
                        "commented out in postgresql.conf, since it leads out of the restored directory: data_directory = '/srv/old'",
                        "commented out in postgresql.conf, since it leads out of the restored directory: hba_file = '/etc/pg_hba.conf'",
                        "postgresql.conf says: ssl_key_file = 'k'");
    }

    @Test
    void takesEveryHistoryAlongSoThatNoTimelineIsNumberedTwice() throws IOException {
        wal.addHistory(7, "1\t0/3000000\tleft early\n");

        assertThat(plan(request(), Fixtures.backup(), false).wal())
                .extracting(WalFileName::value)
                .containsExactly(A3, A4, "00000007.history");
    }

    @Test
    void copiesNoWalThatPostgresFetches() throws IOException {
        RestorePlan plan = plan(request(), Fixtures.backup(), true);

        assertThat(plan.wal()).isEmpty();
        assertThat(plan.settings()).containsEntry("restore_command", "fetch");
    }

    @Test
    void warnsOfABackupWithoutConfiguration() throws IOException {
        var bare = new StoredBackups(directory.resolve("bare"), wal).with(Fixtures.backup());

        RestorePlan plan = plan(new RestorePlanner(bare, archived(), "fetch"), request(), Fixtures.backup(), false);

        assertThat(plan.warnings())
                .containsExactly(
                        "the backup holds no postgresql.conf: give the server its configuration before you start it");
    }

    @Test
    void refusesABackupThatIsNotWhole() {
        Backup waiting = Fixtures.backup().withStatus(BackupStatus.WAITING_FOR_WALS, Optional.empty());
        Backup failed = Fixtures.backup().withStatus(BackupStatus.FAILED, Optional.of("why"));

        assertThatThrownBy(() -> plan(request(), waiting, false))
                .hasMessage(
                        "MATR-4004: unable to restore backup '20261120T100000': it is WAITING_FOR_WALS%nHINT: wait for the WAL it needs, or see with 'backup:check main 20261120T100000' what is missing."
                                .formatted());
        assertThatThrownBy(() -> plan(request(), failed, false))
                .hasMessageContaining("it is FAILED")
                .hasMessageContaining("choose another one from 'backup:list main'");
    }

    @Test
    void refusesABackupThatIsIncremental() {
        Backup incremental = Fixtures.incremental();

        assertThatThrownBy(() -> plan(request(), incremental, false))
                .hasMessage(
                        "MATR-4004: unable to restore backup '20261120T110000': it is incremental to '20261120T100000'"
                                + "%nHINT: incremental backups are not restored yet: restore the full one before it, whose recovery"
                                        .formatted()
                                + " goes as far.");
        backups.with(incremental);
        assertThat(planner().chooseBackup(request()).id())
                .isEqualTo(Fixtures.backup().id());
    }

    @Test
    void refusesATablespaceThatTheBackupDoesNotHave() {
        RestoreRequest request = Fixtures.into(directory.resolve("data"), Map.of("slow", directory.resolve("slow")));

        assertThatThrownBy(() -> plan(request, Fixtures.backup(), false))
                .hasMessageStartingWith("MATR-5002: backup '20261120T100000' has no tablespace 'slow'")
                .hasMessageContaining("its tablespaces are: [fast].");
    }

    @Test
    void refusesATablespaceWithinTheDataDirectory() {
        RestoreRequest request = Fixtures.into(directory.resolve("data"), Map.of("fast", directory.resolve("data/x")));

        assertThatThrownBy(() -> plan(request, Fixtures.backup(), false))
                .hasMessageContaining("that is in the place of the data directory");
    }

    @Test
    void choosesTheNewestBackupThatReachesTheTarget() {
        Backup later =
                Fixtures.backup("20261120T120000", 1, "0/6000028", "0/7000100", Instant.parse("2026-11-20T12:05:00Z"));
        Backup broken = Fixtures.backup("20261120T110000", 1, "0/5000028", "0/5000100", Fixtures.END)
                .withStatus(BackupStatus.FAILED, Optional.empty());
        backups.with(broken).with(later);

        assertThat(choose(new RecoveryTarget.Latest(), "")).isEqualTo(later);
        assertThat(choose(new RecoveryTarget.Position(Lsn.parse("0/6000000")), ""))
                .isEqualTo(Fixtures.backup());
        assertThat(choose(new RecoveryTarget.Time(Instant.parse("2026-11-20T12:00:00Z")), ""))
                .isEqualTo(Fixtures.backup());
    }

    @Test
    void choosesABackupFromWhichTheTimelineIsReached() {
        Backup later = Fixtures.backup("20261120T120000", 1, "0/6000028", "0/7000100", Fixtures.END);
        backups.with(later);
        wal.addHistory(2, "1\t0/5000000\tx\n");

        assertThat(choose(new RecoveryTarget.Latest(), "2")).isEqualTo(Fixtures.backup());
        assertThat(choose(new RecoveryTarget.Latest(), "current")).isEqualTo(later);
        assertThatThrownBy(() -> choose(new RecoveryTarget.Latest(), "5"))
                .hasMessageContaining("no backup of server 'main' reaches the target");
    }

    @Test
    void saysWhenNoBackupReachesTheTarget() {
        assertThatThrownBy(() -> choose(new RecoveryTarget.Time(Fixtures.BEGIN), ""))
                .hasMessage(
                        "MATR-5003: no backup of server 'main' reaches the target%nHINT: look with 'backup:list main' when the oldest backup ended; earlier moments are gone."
                                .formatted());
    }

    private Backup choose(RecoveryTarget target, String timeline) {
        return planner().chooseBackup(Fixtures.onTimeline(target, timeline, false));
    }

    private RestorePlan plan(RestoreRequest request, Backup backup, boolean getWal) throws IOException {
        return plan(planner(), request, backup, getWal);
    }

    private static RestorePlan plan(RestorePlanner planner, RestoreRequest request, Backup backup, boolean getWal)
            throws IOException {
        try (HostFiles files = LocalFiles.at(request.destination())) {
            return planner.plan(files, request, backup, getWal);
        }
    }

    private RestorePlanner planner() {
        return new RestorePlanner(backups, archived(), "fetch");
    }

    private ArchivedWal archived() {
        return new ArchivedWal(wal, directory);
    }

    private RestoreRequest request() {
        return Fixtures.into(directory.resolve("data"), Map.of("fast", directory.resolve("fast")));
    }
}
