package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolTest {

    private static final int CHUNK_BYTES = 1 << 16;

    @TempDir
    Path directory;

    @Test
    void keepsBytesInMemoryWhileThereIsSome() throws IOException {
        byte[] bytes = noise(3 * CHUNK_BYTES + 5);
        try (var spool = new Spool(directory, new MemoryBudget(4L * CHUNK_BYTES))) {
            spool.unclosed().write(bytes[0]);
            spool.unclosed().write(bytes, 1, CHUNK_BYTES);
            spool.unclosed().write(bytes, 1 + CHUNK_BYTES, bytes.length - 1 - CHUNK_BYTES);

            assertThat(spool.sizeBytes()).isEqualTo(bytes.length);
            assertThat(read(spool)).isEqualTo(bytes);
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void keepsBytesInAFileWhenThereIsNoMemoryLeft() throws IOException {
        byte[] bytes = noise(3 * CHUNK_BYTES + 5);
        try (var spool = new Spool(directory, new MemoryBudget(2L * CHUNK_BYTES))) {
            spool.write(bytes, 0, CHUNK_BYTES);
            spool.write(bytes, CHUNK_BYTES, bytes.length - CHUNK_BYTES);

            assertThat(spool.sizeBytes()).isEqualTo(bytes.length);
            assertThat(read(spool)).isEqualTo(bytes);
            assertThat(directory).isNotEmptyDirectory();
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void givesItsMemoryBack() throws IOException {
        var budget = new MemoryBudget(2L * CHUNK_BYTES);
        for (int length : List.of(1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES)) {
            try (var spool = new Spool(directory, budget)) {
                spool.write(noise(length), 0, length);
            }
        }

        assertThat(budget.tryTake(2L * CHUNK_BYTES)).isTrue();
        assertThat(budget.tryTake(1)).isFalse();
    }

    @Test
    void holdsNothing() throws IOException {
        try (var spool = new Spool(directory)) {
            assertThat(read(spool)).isEmpty();
        }
    }

    @Test
    void sweepsWhatAKilledProcessLeftAndNothingOfItsOwn() throws IOException {
        Path left = Files.createFile(directory.resolve("spool-0-x.tmp"));
        Path foreign = Files.createFile(directory.resolve("other"));
        try (var spool = new Spool(directory, new MemoryBudget(0))) {
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

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static byte[] read(Spool spool) throws IOException {
        try (InputStream in = spool.open()) {
            return in.readAllBytes();
        }
    }
}
