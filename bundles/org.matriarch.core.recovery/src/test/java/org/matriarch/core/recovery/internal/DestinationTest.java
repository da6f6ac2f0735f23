package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.transport.HostFiles;

final class DestinationTest {

    @TempDir
    Path directory;

    @Test
    void takesAnEmptyDirectoryAndOneThatIsNotThere() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));

        assertThatCode(() -> requireUsable(place(empty))).doesNotThrowAnyException();
        assertThatCode(() -> requireUsable(place(directory.resolve("a/b/c")))).doesNotThrowAnyException();
        assertThat(directory.resolve("a")).doesNotExist();
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void refusesADirectoryWithContent() throws IOException {
        Files.createFile(directory.resolve("x"));

        assertThatThrownBy(() -> requireUsable(place(directory)))
                .hasMessage(
                        "MATR-5001: unable to restore the data directory to '%s': it is not empty%nHINT: choose an empty or a new directory."
                                .formatted(directory));
    }

    @Test
    void saysHowATablespaceGoesElsewhere() throws IOException {
        Path file = Files.createFile(directory.resolve("x"));

        for (Path taken : new Path[] {directory, file, file.resolve("below")}) {
            assertThatThrownBy(() -> requireUsable(Destination.ofTablespace("fast", taken)))
                    .hasMessageStartingWith(
                            "MATR-5001: unable to restore the tablespace 'fast' to '%s'".formatted(taken))
                    .hasMessageContaining(
                            "give the tablespace an empty or a new directory with '--tablespace NAME:DIR'.");
        }
    }

    @Test
    void recognisesAnInterruptedRestore() throws IOException {
        Files.createFile(directory.resolve(ControlFile.INCOMPLETE_MARK));

        assertThatThrownBy(() -> requireUsable(place(directory)))
                .hasMessageContaining("it holds a restore that was interrupted")
                .hasMessageContaining(
                        "HINT: repeat the command with '--delta' to go on with it, or remove what is in it.");
    }

    @Test
    void refusesAFile() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> requireUsable(place(file))).hasMessageContaining("it is not a directory");
        assertThatThrownBy(() -> requireUsable(place(file.resolve("below"))))
                .hasMessageContaining("'%s' is not a directory that can be written".formatted(file));
    }

    @Test
    void refusesARelativePath() {
        assertThatThrownBy(() -> requireUsable(place(Path.of("data"))))
                .hasMessageContaining("it is not an absolute path");
    }

    @Test
    void refusesAFileSystemThatTakesNothing() {
        assertThatThrownBy(() -> requireUsable(place(Path.of("/proc/matriarch"))))
                .hasMessageStartingWith("MATR-5001: unable to restore the data directory to '/proc/matriarch'")
                .hasMessageContaining("HINT: make it writable");
    }

    private void requireUsable(Destination place) throws IOException {
        try (HostFiles files = LocalFiles.at(directory)) {
            place.requireEmpty(files, place.content(files));
            place.requireWritable(files);
        }
    }

    private static Destination place(Path path) {
        return Destination.ofData(path);
    }
}
