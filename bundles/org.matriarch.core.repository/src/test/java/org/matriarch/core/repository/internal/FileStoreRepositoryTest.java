package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
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

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void takesFilesOverFromAnotherBackup(boolean link) throws IOException {
        Repository repository = repository(store(home), home);
        write(repository);
        BackupReader first = repository.open(Samples.ID);
        BackupEntry version = entry(first, "PG_VERSION");

        Backup second;
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), Lsn.parse("0/2000028"));
            assertThat(writer.reuse(first, version, link)).isTrue();
            second = writer.finish(Samples.end());
        }

        BackupReader later = repository.open(second.id());
        assertThat(entry(later, "PG_VERSION")).isEqualTo(version);
        assertThat(later.serverTime()).contains(Samples.newBackup().facts().clock());
        Path one = first.localFile(version.path()).orElseThrow();
        Path other = later.localFile(version.path()).orElseThrow();
        assertThat(Files.isSameFile(one, other)).isEqualTo(link);
        assertThat(Files.getLastModifiedTime(other)).isEqualTo(Files.getLastModifiedTime(one));
        repository.delete(Samples.ID);
        assertThat(other).exists();
    }

    @Test
    void takesNothingOverThatIsNotAsItWas() throws IOException {
        Repository repository = repository(store(home), home);
        write(repository);
        BackupReader first = repository.open(Samples.ID);
        BackupEntry version = entry(first, "PG_VERSION");
        Path file = first.localFile(version.path()).orElseThrow();

        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            byte[] damaged = Files.readAllBytes(file);
            damaged[0] ^= 1;
            Files.write(file, damaged);
            assertThat(writer.reuse(first, version, false)).isFalse();
            Files.write(file, new byte[damaged.length + 1]);
            assertThat(writer.reuse(first, version, true)).isFalse();
            Files.delete(file);
            assertThat(writer.reuse(first, version, true)).isFalse();
            assertThat(writer.finish(Samples.end()).size().fileCount()).isZero();
        }
    }

    @Test
    void takesFilesThatAProgramPutThere() throws IOException {
        Repository repository = repository(store(home), home);
        var path = new BackupPath(16385, "PG_16/5/17000");
        Backup backup;
        try (BackupWriter writer = repository.begin(Samples.newBackup())) {
            writer.begin(Samples.source(), Lsn.parse("0/2000028"));
            Path file = writer.localDirectory(16385, 5).orElseThrow().resolve(path.path());
            assertThat(writer.adopt(path)).isEmpty();
            Files.createDirectories(file.getParent());
            Files.writeString(file, "whole");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
            Files.setLastModifiedTime(file, FileTime.from(Samples.MODIFIED));
            assertThat(writer.adopt(path)).map(BackupEntry::sizeBytes).contains(5L);
            backup = writer.finish(Samples.end());
        }

        BackupReader reader = repository(store(home), home).open(backup.id());
        assertThat(reader.entries())
                .containsExactly(new BackupEntry(
                        path,
                        false,
                        5,
                        0640,
                        Samples.MODIFIED,
                        Optional.of("5d5766cf2d78701614200418ee1450690d9af12c84d52545e4802f001ad53099")));
        assertThat(backup.size().sizeBytes()).isEqualTo(5);
    }

    @Test
    void refusesAProgramWhatThereIsNoRoomFor() throws IOException {
        try (BackupWriter writer = repository(store(home, 1), home).begin(Samples.newBackup())) {
            assertThatThrownBy(() -> writer.localDirectory(0, Long.MAX_VALUE / 2))
                    .isInstanceOfSatisfying(
                            MatriarchException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL));
        }
    }

    private static BackupEntry entry(BackupReader reader, String path) {
        return reader.entries().stream()
                .filter(entry -> entry.path().equals(BackupPath.ofData(path)))
                .findFirst()
                .orElseThrow();
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

    @Test
    void hasTheIndexReadyBeforeAnybodyAsks() throws IOException {
        Path segment = Files.write(home.resolve("offered"), new byte[1 << 20]);
        repository(store(home), home).wal().store(new WalFileName("000000010000000000000001"), segment);
        Path index = home.resolve("main/wals/main-xlog.db");
        Files.delete(index);

        repository(store(home), home).wal().prepare();

        assertThat(Files.readAllLines(index)).hasSize(1);
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
        return store(directory, 0);
    }

    private static ObjectStore store(Path directory, long reserveMebibytes) {
        return new FileObjectStore(Map.of(
                "matriarch.store.id",
                "default",
                "directory",
                directory.toString(),
                "reserve_mebibytes",
                reserveMebibytes));
    }
}
