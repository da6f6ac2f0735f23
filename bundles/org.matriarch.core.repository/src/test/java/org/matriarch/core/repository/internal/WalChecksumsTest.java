package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.core.repository.internal.WalChecksums.Sum;

final class WalChecksumsTest {

    private static final WalFileName FIRST = new WalFileName("000000010000000000000001");
    private static final WalFileName SECOND = new WalFileName("000000010000000000000002");
    private static final WalFileName NEXT_LOG = new WalFileName("000000010000000100000001");
    private static final WalFileName HISTORY = new WalFileName("00000002.history");

    @TempDir
    Path wals;

    private WalChecksums checksums;

    @BeforeEach
    void create() {
        checksums = new WalChecksums(wals.resolve("main-xlog.db"));
    }

    @Test
    void findsWhatWasAdded() throws IOException {
        for (WalFileName name : List.of(FIRST, FIRST.partial(), SECOND, NEXT_LOG, HISTORY)) {
            checksums.add(name, new Sum(name.hashCode(), 7));
        }

        for (WalFileName name : List.of(FIRST, FIRST.partial(), SECOND, NEXT_LOG, HISTORY)) {
            assertThat(checksums.find(name)).contains(new Sum(name.hashCode(), 7));
        }
        assertThat(checksums.find(NEXT_LOG.partial())).isEmpty();
        assertThat(wals.resolve("main-xlog.db.crc32c"))
                .isDirectoryContaining("glob:**0000000100000000")
                .isDirectoryContaining("glob:**0000000100000001")
                .isDirectoryContaining("glob:**histories");
    }

    @Test
    void believesTheLastOfTwo() throws IOException {
        checksums.add(FIRST, new Sum(1, 10));
        checksums.add(FIRST, new Sum(2, 20));

        assertThat(checksums.find(FIRST)).contains(new Sum(2, 20));
    }

    @Test
    void passesOverALineThatWasTorn() throws IOException {
        checksums.add(FIRST, new Sum(1, 10));
        Files.writeString(checksums.file(FIRST), SECOND + "\t00000002\t", StandardOpenOption.APPEND);

        assertThat(checksums.find(SECOND)).isEmpty();
        checksums.add(NEXT_LOG, new Sum(3, 30));
        checksums.add(SECOND, new Sum(2, 20));
        assertThat(checksums.find(FIRST)).contains(new Sum(1, 10));
        assertThat(checksums.find(SECOND)).contains(new Sum(2, 20));
    }

    @Test
    void forgetsWhatIsRemoved() throws IOException {
        checksums.add(FIRST, new Sum(1, 10));
        checksums.add(SECOND, new Sum(2, 20));
        checksums.add(NEXT_LOG, new Sum(3, 30));

        checksums.remove(List.of(FIRST, NEXT_LOG, HISTORY));

        assertThat(checksums.find(FIRST)).isEmpty();
        assertThat(checksums.find(SECOND)).contains(new Sum(2, 20));
        assertThat(checksums.find(NEXT_LOG)).isEmpty();
        assertThat(checksums.file(NEXT_LOG)).doesNotExist();
    }

    @Test
    void goesOnWhereItCannotWrite() throws IOException {
        Files.createFile(wals.resolve("main-xlog.db.crc32c"));

        checksums.add(FIRST, new Sum(1, 10));
        checksums.remove(List.of(FIRST));

        assertThat(wals.resolve("main-xlog.db.crc32c")).isEmptyFile();
    }
}
