package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive.Outcome;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.storage.file.internal.FileObjectStore;

/** The repository on the store that it comes with. */
final class FileStoreRepositoryTest {

    @TempDir
    Path home;

    @Test
    void leavesAtEveryStepOfWritingNothingThatLooksWhole() throws IOException {
        boolean finished = false;
        for (int step = 0; !finished; step++) {
            Path directory = Files.createDirectories(home.resolve("step" + step));

            finished = write(repository(new DyingStore(store(directory), step), directory));

            Repository later = repository(store(directory), directory);
            for (Backup backup : later.backups()) {
                assertThat(backup.status() == BackupStatus.WAITING_FOR_WALS)
                        .isEqualTo(Files.exists(directory.resolve("main/meta/" + backup.id() + "-manifest.json"))
                                && backup.span().endLsn().isPresent());
                assertThat(backup.status()).isNotEqualTo(BackupStatus.DONE);
                later.delete(backup.id());
                assertThat(filesOf(directory, backup)).isEmpty();
            }
            assertThat(later.backups()).isEmpty();
        }
    }

    @Test
    void keepsModesTimesAndLinks() throws IOException {
        Repository repository = repository(store(home), home);

        assertThat(write(repository)).isTrue();

        Path data = home.resolve("main/base/20261120T113030/data");
        assertThat(Files.getLastModifiedTime(data.resolve("PG_VERSION")).toInstant())
                .isEqualTo(Samples.MODIFIED);
        assertThat(LocalTree.mode(Files.getPosixFilePermissions(data.resolve("PG_VERSION"))))
                .isEqualTo(0640);
        assertThat(data.resolve("pg_tblspc/16385/PG_16_202307071/5/16999")).isEmptyFile();
        assertThat(data.resolve("pg_wal/archive_status")).isEmptyDirectory();
    }

    @Test
    void archivesAndFindsAgain() throws IOException {
        Path segment = Files.write(home.resolve("offered"), new byte[1 << 20]);
        var name = new WalFileName("000000010000000000000001");
        Repository repository = repository(store(home), home);

        assertThat(repository.wal().store(name, segment)).isEqualTo(Outcome.STORED);
        assertThat(repository.wal().store(name, segment)).isEqualTo(Outcome.DUPLICATE);
        Files.delete(home.resolve("main/wals/main-xlog.db"));

        Repository later = repository(store(home), home);
        assertThat(later.wal().entries()).isEqualTo(repository.wal().entries());
        later.wal().delete(List.of(name));
        assertThat(repository(store(home), home).wal().entries()).isEmpty();
    }

    private static boolean write(Repository repository) {
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            Samples.fill(writer);
            writer.finish(Samples.end());
            return true;
        } catch (MatriarchException e) {
            return false;
        }
    }

    private static List<Path> filesOf(Path directory, Backup backup) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().contains(backup.id().value()))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }

    private static Repository repository(ObjectStore store, Path directory) {
        return Samples.repository(store, directory.resolve("main"));
    }

    private static ObjectStore store(Path directory) {
        return new FileObjectStore(
                Map.of("matriarch.store.id", "default", "directory", directory.toString(), "reserve.mebibytes", 0L));
    }
}
