package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.storage.ObjectStore;
import org.matriarch.storage.file.internal.FileObjectStore;

/** Two processes on one repository. */
final class ChargeTest {

    private static final WalFileName FIRST = new WalFileName("000000010000000000000001");
    private static final WalFileName SECOND = new WalFileName("000000010000000000000002");

    @TempDir
    private Path directory;

    private Path segment;

    @BeforeEach
    void makeSegment() throws IOException {
        segment = Files.write(directory.resolve("offered"), new byte[1 << 20]);
    }

    @Test
    void oneWritesAndTheOtherSaysWhichUntilItIsKilled() throws IOException {
        Process other = begin(FIRST);
        try (BufferedReader lines = other.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("stored");
            Repository here = repository(directory);

            assertThat(here.wal().entries()).extracting(WalEntry::name).containsExactly(FIRST);
            assertThat(here.backups()).isEmpty();
            List<Runnable> writing = List.of(
                    () -> here.wal().store(SECOND, segment),
                    () -> here.wal().delete(List.of(FIRST)),
                    () -> here.wal().reindex(),
                    () -> here.begin(Samples.newBackup()),
                    () -> here.updateStatus(Samples.ID, BackupStatus.FAILED, Optional.empty()),
                    () -> here.keep(Samples.ID, Optional.empty()),
                    () -> here.delete(Samples.ID));
            for (Runnable each : writing) {
                assertThatThrownBy(each::run)
                        .hasMessageContaining("MATR-2008: the repository of server 'main' is in the charge of process "
                                + other.pid() + " on host");
            }
            assertThat(Files.readAllLines(directory.resolve("main/wals/main-xlog.db")))
                    .hasSize(1);

            other.destroyForcibly().onExit().join();
            here.wal().store(SECOND, segment);

            assertThat(here.wal().entries()).extracting(WalEntry::name).containsExactly(FIRST, SECOND);
            assertThat(Files.readAllLines(directory.resolve("main/wals/main-xlog.db")))
                    .hasSize(2);
        } finally {
            other.destroyForcibly().onExit().join();
        }
    }

    @Test
    void isGivenBackWhenItIsNotNeededAnyMore() throws IOException {
        PlainRepositories here = repositories(directory);
        here.takeCharge(server(directory));
        here.takeCharge(server(directory));
        assertThat(firstLineOf(begin(FIRST))).as("of one that is refused").isNull();

        here.giveBack("main");
        here.giveBack("nobody");

        assertThat(firstLineOf(begin(FIRST))).isEqualTo("stored");
        here.takeCharge(server(directory));
        assertThat(firstLineOf(begin(SECOND))).isNull();
        here.close();
        assertThat(firstLineOf(begin(SECOND))).isEqualTo("stored");
    }

    @Test
    void isHeldForTheNextRunOfTheBundleAndByIt() throws IOException {
        PlainRepositories old = repositories(directory);
        Repository inHand = old.repository(server(directory));
        inHand.wal().store(FIRST, segment);
        PlainRepositories next = repositories(directory);
        next.takeCharge(server(directory));
        old.close();
        assertThat(DirectoryLock.isHeldHere(directory.resolve("main"))).isFalse();

        next.takeCharge(server(directory));
        inHand.wal().store(SECOND, segment);

        assertThat(firstLineOf(begin(FIRST))).as("of another process").isNull();
        assertThat(next.repository(server(directory)).wal().contains(SECOND)).isTrue();
        next.close();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> inHand.wal().store(SECOND, segment))
                .hasMessageContaining("MATR-2008")
                .hasMessageContaining("in which it restarts");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(firstLineOf(begin(FIRST))).isEqualTo("stored");
    }

    @Test
    void isNotTakenOnlyToReadWhatOthersTakeCareOf() {
        PlainRepositories idle = repositories(directory);
        ServerConfiguration inactive = Samples.inactive(directory.resolve("main"), "default");
        assertThat(idle.repository(inactive).wal().entries()).isEmpty();
        idle.repository(inactive).wal().prepare();
        assertThat(directory.resolve("main/wals")).doesNotExist();

        PlainRepositories active = repositories(directory);
        active.takeCharge(server(directory));
        active.repository(server(directory)).wal().store(FIRST, segment);

        assertThat(idle.repository(inactive).wal().entries())
                .extracting(WalEntry::name)
                .containsExactly(FIRST);
        active.close();
        idle.repository(inactive).wal().store(SECOND, segment);
        assertThat(idle.repository(inactive).wal().contains(SECOND)).isTrue();
        idle.close();
    }

    @Test
    void isTakenAnewWhenTheLockWasRemoved() throws IOException {
        PlainRepositories here = repositories(directory);
        here.takeCharge(server(directory));
        Path lock = directory.resolve("main").resolve(DirectoryLock.FILE);
        assertThat(lock).content().contains("process " + ProcessHandle.current().pid());
        Files.delete(lock);

        here.takeCharge(server(directory));
        assertThat(lock).exists();

        Files.delete(lock);
        Process other = begin(FIRST);
        try (BufferedReader lines = other.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("stored");
            assertThatThrownBy(() -> here.takeCharge(server(directory)))
                    .hasMessageContaining("process " + other.pid() + " on host");
        } finally {
            other.destroyForcibly().onExit().join();
        }
        here.close();
    }

    @Test
    void isTakenOfTheHomeAndOfTheStoreOrOfNeither() throws IOException {
        PlainRepositories here = repositories(directory);
        ServerConfiguration server = Samples.server(directory.resolve("home"), "default", "none");
        here.takeCharge(server);
        assertThat(directory.resolve("home").resolve(DirectoryLock.FILE)).exists();
        assertThat(directory.resolve("main").resolve(DirectoryLock.FILE)).exists();

        here.takeCharge(Samples.server(directory.resolve("elsewhere"), "absent", "none")); // the server has moved

        assertThat(firstLineOf(begin(FIRST)))
                .as("of one that uses the old place")
                .isEqualTo("stored");
        here.takeCharge(server);
        assertThat(firstLineOf(begin(SECOND)))
                .as("of one that has another home on the same store")
                .isNull();
        assertThatCode(() -> here.takeCharge(Samples.server(directory.resolve("home"), "absent", "none")))
                .as("a store that is not there")
                .doesNotThrowAnyException();
        here.close();
    }

    @Test
    void saysWhyTheLockCannotBeMade() throws IOException {
        Files.createFile(directory.resolve("main"));

        assertThatThrownBy(() -> repositories(directory).takeCharge(server(directory)))
                .hasMessageContaining("MATR-2002: unable to lock the repository of server 'main'");
        assertThat(repositories(directory).repository(Samples.server(directory.resolve("main"), "default", "none")))
                .isNotNull();
    }

    private Process begin(WalFileName name) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChargeHolder.class.getName(),
                        directory.toString(),
                        segment.toString(),
                        name.value())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Returns what a process says first; null if it ends without a word. It is ended. */
    private static @Nullable String firstLineOf(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader()) {
            return lines.readLine();
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    static Repository repository(Path directory) {
        return repositories(directory).repository(server(directory));
    }

    private static ServerConfiguration server(Path directory) {
        return Samples.server(directory.resolve("main"), "default", "none");
    }

    private static PlainRepositories repositories(Path directory) {
        var stores = new ObjectStores();
        stores.addStore(
                new FileObjectStore(Map.of(ObjectStore.PROPERTY_ID, "default", "directory", directory.toString())));
        return new PlainRepositories(stores, new Compressors(), Samples.ZONE);
    }
}
