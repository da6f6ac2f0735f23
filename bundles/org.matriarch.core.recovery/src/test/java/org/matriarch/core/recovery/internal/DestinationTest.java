package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DestinationTest {

    @TempDir
    Path directory;

    @Test
    void takesAnEmptyDirectoryAndOneThatIsNotThere() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThatCode(() -> place(empty).requireUsable()).doesNotThrowAnyException();
        assertThatCode(() -> place(directory.resolve("a/b/c")).requireUsable()).doesNotThrowAnyException();
        assertThat(directory.resolve("a")).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void refusesADirectoryWithContent() throws IOException {
        Files.createFile(directory.resolve("x"));

        assertThatThrownBy(() -> place(directory).requireUsable())
                .hasMessage(
                        "MATR-5001: unable to restore the data directory to '%s': it is not empty%nHINT: choose an empty or a new directory."
                                .formatted(directory));
    }

    @Test
    void saysHowATablespaceGoesElsewhere() throws IOException {
        Path file = Files.createFile(directory.resolve("x"));

        for (Path taken : new Path[] {directory, file, file.resolve("below")}) {
            assertThatThrownBy(() -> Destination.ofTablespace("fast", taken).requireUsable())
                    .hasMessageStartingWith(
                            "MATR-5001: unable to restore the tablespace 'fast' to '%s'".formatted(taken))
                    .hasMessageContaining(
                            "give the tablespace an empty or a new directory with '--tablespace NAME:DIR'.");
        }
    }

    @Test
    void recognisesAnInterruptedRestore() throws IOException {
        Files.createFile(directory.resolve(Destination.INCOMPLETE_MARK));

        assertThatThrownBy(() -> place(directory).requireUsable())
                .hasMessageContaining("it holds a restore that was interrupted")
                .hasMessageContaining("HINT: remove what is in it, then repeat the command.");
    }

    @Test
    void refusesAFile() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> place(file).requireUsable()).hasMessageContaining("it is not a directory");
        assertThatThrownBy(() -> place(file.resolve("below")).requireUsable())
                .hasMessageContaining("'%s' is not a directory that can be written".formatted(file));
    }

    @Test
    void refusesARelativePath() {
        assertThatThrownBy(() -> place(Path.of("data")).requireUsable())
                .hasMessageContaining("it is not an absolute path");
    }

    @Test
    void refusesAFileSystemThatTakesNothing() {
        assertThatThrownBy(() -> place(Path.of("/proc/matriarch")).requireUsable())
                .hasMessageStartingWith("MATR-5001: unable to restore the data directory to '/proc/matriarch'")
                .hasMessageContaining("HINT: make it writable");
    }

    @Test
    void knowsItsRoomAndFileSystem() {
        Destination below = place(directory.resolve("new/one"));

        assertThat(below.usableBytes()).isPositive();
        assertThat(below.fileSystem()).isEqualTo(place(directory).fileSystem());
    }

    private static Destination place(Path path) {
        return Destination.ofData(path);
    }
}
