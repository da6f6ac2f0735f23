package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolTest {

    @TempDir
    Path directory;

    @Test
    void keepsFewBytesInMemory() throws IOException {
        try (var spool = new Spool(directory, 4)) {
            spool.write(new byte[] {1, 2, 3, 4}, 0, 4);

            assertThat(read(spool)).containsExactly(1, 2, 3, 4);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void keepsManyBytesInAFileUntilItIsClosed() throws IOException {
        try (var spool = new Spool(directory, 4)) {
            spool.unclosed().write(1);
            spool.unclosed().write(new byte[] {2, 3, 4, 5}, 0, 4);

            assertThat(spool.sizeBytes()).isEqualTo(5);
            assertThat(read(spool)).containsExactly(1, 2, 3, 4, 5);
            assertThat(directory).isNotEmptyDirectory();
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void sweepsWhatAKilledProcessLeftAndNothingOfItsOwn() throws IOException {
        Path left = Files.createFile(directory.resolve("spool-0-x.tmp"));
        Path foreign = Files.createFile(directory.resolve("other"));
        try (var spool = new Spool(directory, 0)) {
            spool.write(7);

            Spool.sweep(directory);

            assertThat(left).doesNotExist();
            assertThat(foreign).exists();
            assertThat(read(spool)).containsExactly(7);
        }
    }

    @Test
    void sweepsADirectoryThatIsNotThere() throws IOException {
        Spool.sweep(directory.resolve("never"));

        assertThat(directory).isEmptyDirectory();
    }

    private static byte[] read(Spool spool) throws IOException {
        try (InputStream in = spool.open()) {
            return in.readAllBytes();
        }
    }
}
