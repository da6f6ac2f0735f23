package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.repository.InMemoryWalArchive;

final class RestoreRunTest {

    private static final String A3 = "000000010000000000000003";
    private static final String A4 = "000000010000000000000004";
    private static final String A5 = "000000010000000000000005";

    @TempDir
    Path directory;

    private InMemoryWalArchive wal;
    private StoredBackups backups;
    private Path data;
    private Path fast;

    @BeforeEach
    void storeABackup() throws IOException {
        data = directory.resolve("data");
        fast = directory.resolve("fast 'n' $(loud)");
        wal = Fixtures.archive(A3, A4, A5 + ".partial").addHistory(2, "1\t0/3000000\tleft early\n");
        backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n")
                .file(0, "global/pg_control", "control")
                .file(0, "base/1/1259", "class")
                .file(0, "postgresql.conf", "archive_command = 'cp'\nport = 1\n")
                .file(0, "postgresql.auto.conf", "# written by ALTER SYSTEM\nrecovery_target_xid = '7'\n")
                .file(0, "backup_manifest", "{}")
                .file(0, "tablespace_map", "16400 /srv/fast\n")
                .file(0, "standby.signal", "")
                .file(16400, "PG_16_202307071/5/1234", "rows")
                .emptyDirectory("pg_tblspc")
                .emptyDirectory("pg_tblspc/16400")
                .emptyDirectory("pg_notify");
    }

    @Test
    void bringsBackADataDirectoryThatRecovers() throws Exception {
        var context = new CountingContext(0);

        run(plan(), context);

        assertThat(data.resolve("base/1/1259")).hasContent("class");
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(data.resolve("pg_notify")).isEmptyDirectory();
        assertThat(data.resolve("pg_wal")).isEmptyDirectory();
        assertThat(data.resolve("recovery.signal")).isEmptyFile();
        assertThat(data.resolve("standby.signal")).doesNotExist();
        assertThat(data.resolve("tablespace_map")).doesNotExist();
        assertThat(data.resolve(ControlFile.INCOMPLETE_MARK)).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
        assertThat(context.doneBytes.get()).isGreaterThanOrEqualTo(3 * Fixtures.SEGMENT);
        assertThat(context.totalBytes()).isGreaterThanOrEqualTo(3 * Fixtures.SEGMENT);
    }

    @Test
    void linksTablespacesToTheirNewPlace() throws Exception {
        run(plan(), new CountingContext(0));

        assertThat(Files.readSymbolicLink(data.resolve("pg_tblspc/16400"))).isEqualTo(fast);
        assertThat(data.resolve("pg_tblspc/16400/PG_16_202307071/5/1234")).hasContent("rows");
    }

    @Test
    void disarmsTheSettingsAndKeepsTheOriginals() throws Exception {
        run(plan(), new CountingContext(0));

        assertThat(data.resolve("postgresql.conf")).content().startsWith("#MATRIARCH# archive_command = 'cp'\nport");
        assertThat(data.resolve("postgresql.conf.origin")).content().startsWith("archive_command = 'cp'\n");
        assertThat(data.resolve("postgresql.auto.conf")).content().startsWith("""
                        # written by ALTER SYSTEM
                        #MATRIARCH# recovery_target_xid = '7'
                        archive_command = 'false'
                        archive_library = ''
                        restore_command = 'cp matriarch_wal/%f %p'
                        """);
        assertThat(data.resolve("backup_manifest")).doesNotExist();
        assertThat(data.resolve("backup_manifest.20261120T100000")).hasContent("{}");
    }

    @Test
    void putsWholeAndPartialSegmentsAndHistoriesBeside() throws Exception {
        run(plan(), new CountingContext(0));

        Path copied = data.resolve("matriarch_wal");
        for (String name : new String[] {A3, A4, A5}) {
            assertThat(copied.resolve(name)).hasSize(Fixtures.SEGMENT);
        }
        assertThat(copied.resolve("00000002.history")).content().startsWith("1\t0/3000000");
    }

    @Test
    void takesASegmentThatBecameWholeSinceItWasPlanned() throws Exception {
        RestorePlan plan = plan();
        wal.add(new WalFileName(A5), new byte[(int) Fixtures.SEGMENT]);

        run(plan, new CountingContext(0));

        assertThat(data.resolve("matriarch_wal").resolve(A5)).hasSize(Fixtures.SEGMENT);
    }

    @Test
    void readsStreamsWhereThereAreNoLocalFiles() throws Exception {
        backups.remote();

        run(plan(), new CountingContext(0));

        assertThat(data.resolve("base/1/1259")).hasContent("class");
    }

    @Test
    void refusesAFileThatIsNotAsTheManifestSays() throws Exception {
        backups.damage(0, "base/1/1259");
        RestorePlan plan = plan();

        assertThatThrownBy(() -> run(plan, new CountingContext(0)))
                .isInstanceOf(MatriarchException.class)
                .hasMessageStartingWith("MATR-4005: unable to restore 'base/1/1259' of backup '20261120T100000'");
        assertThat(data).isEmptyDirectory();
        assertThat(fast).isEmptyDirectory();
    }

    @Test
    void refusesASegmentOfTheWrongSize() throws IOException {
        wal.add(new WalFileName(A4), new byte[100]);
        RestorePlan plan = plan();

        assertThatThrownBy(() -> run(plan, new CountingContext(0)))
                .hasMessageContaining("unable to restore WAL '%s': expected 16777216 bytes, found 100".formatted(A4));
    }

    @Test
    void refusesABackupWithoutAControlFile() throws IOException {
        backups = new StoredBackups(directory.resolve("headless"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n");
        RestorePlan plan = plan();

        assertThatThrownBy(() -> run(plan, new CountingContext(0))).hasMessageContaining("holds no global/pg_control");
    }

    @Test
    void leavesNothingThatStartsWhereverItEnds() throws Exception {
        var whole = new CountingContext(0);
        run(plan(), whole);
        clear(data);
        clear(fast);

        for (int step = 1; step <= whole.calls.get() - 1; step++) {
            var ending = new CountingContext(step);
            assertThatThrownBy(() -> run(plan(), ending)).isNotNull();
            assertThat(data.resolve("global/pg_control"))
                    .as("after call %d", step)
                    .doesNotExist();
            if (Files.exists(data)) {
                assertThat(data).as("after call %d", step).isEmptyDirectory();
            }
        }
    }

    private static void clear(Path directory) throws IOException {
        try (HostFiles files = LocalFiles.at(directory)) {
            Tree.clear(files, directory, directory);
        }
    }

    private RestorePlan plan() throws IOException {
        try (HostFiles files = LocalFiles.at(data)) {
            return new RestorePlanner(backups, new ArchivedWal(wal, directory), "")
                    .plan(files, Fixtures.into(data, Map.of("fast", fast)), Fixtures.backup(), false);
        }
    }

    private void run(RestorePlan plan, CountingContext context) throws IOException, InterruptedException {
        try (HostFiles files = LocalFiles.at(data)) {
            new RestoreRun(
                            plan,
                            backups.open(Fixtures.backup().id()),
                            new ListedWalFiles(wal),
                            files,
                            context,
                            new Retries(0, Duration.ZERO, Pause.SLEEP, context))
                    .run(2);
        }
    }
}
