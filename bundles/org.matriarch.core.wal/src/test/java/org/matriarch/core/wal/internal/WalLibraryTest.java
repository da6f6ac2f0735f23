package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalListing.Gap;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;

@Timeout(60)
final class WalLibraryTest {

    @TempDir
    private Path home;

    private Sample sample;
    private WalLibrary library;

    @BeforeEach
    void setUp() throws IOException {
        sample = new Sample(home);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        library = new WalLibrary(new FixedServers(sample.configuration), sample.repository, sample.postgres);
        Files.createDirectories(home.resolve("streaming"));
    }

    @Test
    void opensFromTheArchiveAndFromWhatIsNotYetArchived() throws IOException {
        archive(1, 3);
        receive(SampleWal.name(1, 4));

        assertThat(read(SampleWal.name(1, 3), false)).isEqualTo(SampleWal.segment(1, 3));
        assertThat(read(SampleWal.name(1, 4), false)).isEqualTo(SampleWal.segment(1, 4));
    }

    @Test
    void opensAPartialSegmentOnlyWhenAsked() throws IOException {
        receive(SampleWal.name(1, 4).partial());

        assertThat(read(SampleWal.name(1, 4), true)).isEqualTo(SampleWal.segment(1, 4));
        assertThat(read(SampleWal.name(1, 4).partial(), false)).isEqualTo(SampleWal.segment(1, 4));
        assertThatThrownBy(() -> read(SampleWal.name(1, 4), false))
                .hasMessageStartingWith("MATR-3001: '000000010000000000000004' is not in the WAL archive of 'main'")
                .hasMessageContaining("--partial takes a segment");
        assertThatThrownBy(() -> read(SampleWal.name(1, 5), true))
                .hasMessageContaining("HINT: see wal:list main for what is there.");
        assertThatThrownBy(() -> read(WalFileName.ofHistory(2), true)).hasMessageStartingWith("MATR-3001");
    }

    @Test
    void opensTheArchivedEndOfAnOldTimeline() throws IOException {
        sample.repository.wal().add(SampleWal.name(1, 4).partial(), SampleWal.segment(1, 4));

        assertThat(read(SampleWal.name(1, 4), true)).isEqualTo(SampleWal.segment(1, 4));
    }

    @Test
    void saysWhyAFileCannotBeRead() throws IOException {
        Path loop = sample.directory.path(SampleWal.name(1, 4));
        Files.createSymbolicLink(loop, loop);

        assertThatThrownBy(() -> read(SampleWal.name(1, 4), false)).hasMessageContaining("MATR-2002");
    }

    @Test
    void looksAheadUntilSomethingIsMissing() throws IOException {
        archive(1, 3);
        archive(1, 4);
        receive(SampleWal.name(1, 5));
        archive(1, 7);

        assertThat(library.peek("main", SampleWal.name(1, 3), 10))
                .containsExactly(SampleWal.name(1, 3), SampleWal.name(1, 4), SampleWal.name(1, 5));
        assertThat(library.peek("main", SampleWal.name(1, 3), 2)).hasSize(2);
        assertThat(library.peek("main", SampleWal.name(1, 6), 2)).isEmpty();
        assertThatThrownBy(() -> library.peek("main", WalFileName.ofHistory(1), 2))
                .hasMessageStartingWith("MATR-1004: '00000001.history' is not the name of a WAL segment");
    }

    @Test
    void looksAheadOverATimeline() {
        archive(1, 3);
        archive(1, 4);
        archive(2, 4);
        archive(2, 5);
        history(2, "1\t0/400010\tno reason\n");
        history(3, "1\t0/100010\tno reason\n");

        assertThat(library.peek("main", SampleWal.name(1, 3), 10))
                .containsExactly(SampleWal.name(1, 3), SampleWal.name(2, 4), SampleWal.name(2, 5));
        sample.repository.wal().delete(List.of(SampleWal.name(2, 4)));
        assertThat(library.peek("main", SampleWal.name(1, 3), 10))
                .containsExactly(SampleWal.name(1, 3), SampleWal.name(1, 4), SampleWal.name(2, 5));
    }

    @Test
    void listsWithGaps() {
        archive(1, 3);
        archive(1, 6);
        archive(2, 9);
        history(2, "1\t0/400010\tno reason\n");

        WalListing all = library.list("main", filter(Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(all.entries()).hasSize(4);
        assertThat(all.gaps()).containsExactly(new Gap(SampleWal.name(1, 4), SampleWal.name(1, 5), 2));
        assertThat(library.list("main", filter(Optional.of(2), Optional.empty(), Optional.empty()))
                        .entries())
                .hasSize(2);
        assertThat(library.list(
                                "main",
                                filter(
                                        Optional.empty(),
                                        Optional.of(SampleWal.name(1, 4)),
                                        Optional.of(SampleWal.name(1, 6))))
                        .entries())
                .extracting(WalEntry::name)
                .containsExactly(SampleWal.name(1, 6));
    }

    @Test
    void findsGapsAmongManyQuickly() {
        var numbers = new SegmentNumbers(16 << 20);
        List<WalEntry> entries = new ArrayList<>();
        for (int i = 1; i <= 100_000; i++) {
            if (i % 1000 != 0) {
                entries.add(new WalEntry(numbers.name(1, i), 1, Instant.EPOCH, Optional.empty()));
            }
        }

        long begun = System.nanoTime();
        assertThat(numbers.gaps(entries)).hasSize(99);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void waitsUntilSomethingIsArchived() throws InterruptedException {
        var archiving = new Thread(() -> archive(1, 3));
        archiving.start();

        library.awaitArchived("main", SampleWal.name(1, 3), Duration.ofSeconds(20));

        assertThatThrownBy(() -> library.awaitArchived("main", SampleWal.name(1, 4), Duration.ofMillis(150)))
                .hasMessageStartingWith("MATR-3001: '000000010000000000000004' of 'main' was not archived within 0 s");
    }

    @Test
    void checksThatANewArchiveIsEmpty() {
        library.checkEmpty("main", Optional.empty());
        archive(1, 3);
        archive(1, 4);

        library.checkEmpty("main", Optional.of(2));
        assertThatThrownBy(() -> library.checkEmpty("main", Optional.of(1)))
                .hasMessageStartingWith("MATR-3007: the WAL archive of 'main' holds 2 files from timeline 1 on, the"
                        + " first is '000000010000000000000003'");
        assertThatThrownBy(() -> library.checkEmpty("main", Optional.empty()))
                .hasMessageContaining("holds 2 files, the first is");
    }

    @Test
    void namesWhatIsMissing() {
        archive(1, 3);
        archive(1, 5);

        assertThat(library.missing("main", SampleWal.name(1, 3), SampleWal.name(1, 6)))
                .containsExactly(SampleWal.name(1, 4), SampleWal.name(1, 6));
        assertThatThrownBy(() -> library.missing("main", SampleWal.name(1, 3), SampleWal.name(2, 6)))
                .hasMessageStartingWith("MATR-1003");
    }

    @Test
    void learnsTheSegmentSizeWhereItCan() throws IOException {
        var sizes = new SegmentSizes();
        assertThat(sizes.of(sample.repository, sample.directory)).isEqualTo(16 << 20);
        receive(SampleWal.name(1, 4).partial());
        assertThat(sizes.of(sample.repository, sample.directory)).isEqualTo(SampleWal.SEGMENT);
        assertThat(sizes.of(new InMemoryRepository("main"), sample.directory)).isEqualTo(SampleWal.SEGMENT);
        Files.delete(sample.directory.path(SampleWal.name(1, 4).partial()));
        assertThat(sizes.of(sample.repository, sample.directory)).isEqualTo(SampleWal.SEGMENT);
        history(2, "");
        sample.repository.wal().add(SampleWal.name(1, 1), new byte[3]);
        assertThat(new SegmentSizes().of(sample.repository, sample.directory)).isEqualTo(16 << 20);
    }

    private static WalFilter filter(Optional<Integer> timeline, Optional<WalFileName> from, Optional<WalFileName> to) {
        return new WalFilter(timeline, from, to);
    }

    private void archive(int timeline, long segment) {
        sample.repository.wal().add(SampleWal.name(timeline, segment), SampleWal.segment(timeline, segment));
    }

    private void history(int timeline, String content) {
        sample.repository.wal().add(WalFileName.ofHistory(timeline), content.getBytes(ISO_8859_1));
    }

    private void receive(WalFileName name) throws IOException {
        Files.write(
                sample.directory.path(name),
                SampleWal.segment(
                        name.timeline(), name.startLsn(SampleWal.SEGMENT).value() / SampleWal.SEGMENT));
    }

    private byte[] read(WalFileName name, boolean partial) throws IOException {
        try (InputStream in = library.open("main", name, partial)) {
            return in.readAllBytes();
        }
    }
}
