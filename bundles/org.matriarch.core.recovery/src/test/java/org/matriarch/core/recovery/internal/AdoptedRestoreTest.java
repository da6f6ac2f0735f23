package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.repository.InMemoryWalArchive;

/** Restores of backups that Barman took: no checksums of ours, and perhaps archives. */
final class AdoptedRestoreTest {

    private static final String A3 = "000000010000000000000003";
    private static final String A4 = "000000010000000000000004";

    @TempDir
    Path directory;

    private InMemoryWalArchive wal;
    private StoredBackups backups;
    private Path data;
    private Path fast;

    @BeforeEach
    void storeABackup() throws IOException {
        data = directory.resolve("data");
        fast = directory.resolve("fast");
        wal = Fixtures.archive(A3, A4);
        backups = new StoredBackups(directory.resolve("stored"), wal)
                .with(Fixtures.backup())
                .file(0, "PG_VERSION", "16\n")
                .file(0, "global/pg_control", "control")
                .file(0, "base/1/1259", "class")
                .file(0, "tablespace_map", "16400 /srv/fast\n")
                .file(16400, "PG_16_202307071/5/1234", "rows")
                .emptyDirectory("pg_notify")
                .adopted();
    }

    @Test
    void bringsBackWhatLiesInArchives() throws Exception {
        backups.archived();

        run(0);

        assertThat(data.resolve("PG_VERSION")).hasContent("16\n");
        assertThat(data.resolve("global/pg_control")).hasContent("control");
        assertThat(data.resolve("base/1/1259")).hasContent("class");
        assertThat(data.resolve("pg_notify")).isEmptyDirectory();
        assertThat(data.resolve("tablespace_map")).doesNotExist();
        assertThat(fast.resolve("PG_16_202307071/5/1234")).hasContent("rows");
        assertThat(data.resolve("matriarch_wal").resolve(A4)).hasSize(Fixtures.SEGMENT);
    }

    @Test
    void readsAnArchiveAgainThatTheStoreLost() throws Exception {
        backups.archived().failing("base/1/1259", 1);

        run(1);

        assertThat(data.resolve("base/1/1259")).hasContent("class");
        assertThat(fast.resolve("PG_16_202307071/5/1234")).hasContent("rows");
    }

    @Test
    void missesWhatAnArchiveDoesNotHold() throws Exception {
        backups.archived().lose(0, "base/1/1259");

        assertThatThrownBy(() -> run(0))
                .hasMessageStartingWith("MATR-4005: unable to restore 'base/1/1259' of backup '20261120T100000': it is"
                        + " missing in its archive");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void refusesAFileThatIsNotAsPostgresSays() throws Exception {
        backups.damage(0, "base/1/1259");

        assertThatThrownBy(() -> run(0))
                .hasMessageStartingWith("MATR-4005: unable to restore 'base/1/1259' of backup '20261120T100000':"
                        + " expected 5 bytes with CRC32C ");
        backups.archived();
        assertThatThrownBy(() -> run(0)).hasMessageContaining("expected 5 bytes with CRC32C ");
        assertThat(Files.exists(data.resolve("global/pg_control"))).isFalse();
    }

    private void run(int retries) throws IOException, InterruptedException {
        var context = new CountingContext(0);
        try (HostFiles files = LocalFiles.at(data)) {
            RestorePlan plan = new RestorePlanner(backups, new ArchivedWal(wal, directory), "")
                    .plan(files, Fixtures.into(data, Map.of("fast", fast)), Fixtures.backup(), false);
            new RestoreRun(
                            plan,
                            backups.open(Fixtures.backup().id()),
                            new ListedWalFiles(wal),
                            files,
                            context,
                            new Retries(retries, Duration.ZERO, Pause.SLEEP, context))
                    .run(2);
        }
    }
}
