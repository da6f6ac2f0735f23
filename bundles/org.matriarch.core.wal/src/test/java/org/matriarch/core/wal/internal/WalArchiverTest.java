package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;

final class WalArchiverTest {

    private static final WalFileName NAME = SampleWal.name(1, 3);

    @TempDir
    private Path home;

    private Sample sample;
    private WalArchiver archiver;

    @BeforeEach
    void setUp() throws IOException {
        sample = new Sample(home);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        archiver = sample.archiver();
        Files.createDirectories(home.resolve("streaming"));
    }

    @Test
    void archivesHistoriesFirst() throws IOException {
        queue(SampleWal.name(2, 3), SampleWal.segment(2, 3));
        sample.directory.write(WalFileName.ofHistory(2), "1\t0/300000\tno reason\n");

        assertThat(archiver.round()).isTrue();

        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED))
                .containsExactly("00000002.history", SampleWal.name(2, 3).value());
        assertThat(sample.directory.names()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void losesNothingWhereverItFails(int step) throws IOException {
        queue(NAME, SampleWal.segment(1, 3));
        queue(SampleWal.name(1, 4), new byte[6]);
        sample.disk.failAfter(step);
        archiver.round();
        sample.disk.repair();

        WalArchiver again = sample.archiver();
        assertThat(again.round()).isTrue();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SampleWal.segment(1, 3));
        assertThat(sample.directory.names()).isEmpty();
        assertThat(errors()).hasSize(1).first().asString().endsWith(".unknown");
    }

    @Test
    void dropsWhatIsStoredAlready() throws IOException {
        queue(NAME, SampleWal.segment(1, 3));
        sample.repository.wal().add(NAME, SampleWal.segment(1, 3));

        assertThat(archiver.round()).isTrue();

        assertThat(sample.directory.names()).isEmpty();
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(NAME.value());
    }

    @Test
    void keepsAConflictAside() throws IOException {
        byte[] other = SampleWal.segment(1, 3);
        other[500]++;
        queue(NAME, other);
        sample.repository.wal().add(NAME, SampleWal.segment(1, 3));

        assertThat(archiver.round()).isTrue();

        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).containsExactly(NAME.value());
        assertThat(errors()).hasSize(1).first().asString().matches(NAME.value() + "\\.\\d{8}T\\d{6}Z\\.duplicate");
        assertThat(Files.readAllBytes(home.resolve("errors").resolve(errors().get(0))))
                .isEqualTo(other);
        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SampleWal.segment(1, 3));
    }

    @Test
    void refusesWhatIsNoWal() throws IOException {
        queue(SampleWal.name(1, 5), SampleWal.segment(1, 4));
        queue(SampleWal.name(1, 6), new byte[100]);
        queue(WalFileName.ofHistory(2), new byte[0]);
        Files.writeString(home.resolve("streaming/readme.txt"), "hello");
        Files.writeString(home.resolve("streaming/x.tmp"), "left by a crash");

        assertThat(archiver.round()).isTrue();

        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED))
                .containsExactlyInAnyOrder(
                        "readme.txt",
                        "00000002.history",
                        SampleWal.name(1, 5).value(),
                        SampleWal.name(1, 6).value());
        assertThat(errors()).hasSize(4).allSatisfy(name -> assertThat(name).endsWith(".unknown"));
    }

    @Test
    void keepsEveryFileThatIsRefusedTwice() throws IOException {
        for (int i = 0; i < 3; i++) {
            queue(NAME, new byte[] {(byte) i});
            archiver.round();
        }

        assertThat(errors()).hasSize(3);
    }

    @Test
    void waitsForAPluginThatIsAway() throws IOException {
        queue(NAME, SampleWal.segment(1, 3));
        sample.repository
                .faults()
                .armForGood(
                        "wal.store",
                        new MatriarchException(ErrorCode.PLUGIN_MISSING, "compressor 'zstd' is away", "install it."));
        archiver.start();
        await().until(() -> archiver.problem().isPresent());
        assertThat(archiver.problem().orElseThrow()).startsWith("MATR-8003: compressor 'zstd' is away");

        sample.repository.faults().heal();

        await().until(() -> sample.repository.wal().contains(NAME));
        await().until(() -> archiver.problem().isEmpty());
        assertThat(archiver.stop(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void survivesItsOwnFaults() throws IOException {
        queue(NAME, SampleWal.segment(1, 3));
        sample.repository.faults().armForGood("wal.store", new IllegalStateException("a bug"));
        archiver.start();

        sample.repository.faults().heal();

        await().until(() -> sample.repository.wal().contains(NAME));
        assertThat(archiver.stop(Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void leavesSegmentsThatAreStillReceived() throws IOException {
        queue(NAME.partial(), SampleWal.segment(1, 3));

        assertThat(archiver.round()).isTrue();

        assertThat(sample.directory.names()).containsExactly(NAME.partial());
        archiver.closePartial(NAME.partial());
        assertThat(archiver.round()).isTrue();
        assertThat(sample.repository.wal().names()).containsExactly(NAME.partial());
    }

    @Test
    void dropsPartialSegmentsThatAddNothing() throws IOException {
        queue(NAME.partial(), SampleWal.segment(1, 3));
        sample.repository.wal().add(NAME, SampleWal.segment(1, 3));
        WalFileName empty = SampleWal.name(1, 4).partial();
        queue(empty, new byte[(int) SampleWal.SEGMENT]);
        archiver.closePartial(NAME.partial());
        archiver.closePartial(empty);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.directory.names()).isEmpty();
        assertThat(sample.repository.wal().names()).containsExactly(NAME);
    }

    @Test
    void dropsPartialSegmentsThatEndWithinTheirHeader() throws IOException {
        WalFileName shorter = SampleWal.name(1, 4).partial();
        queue(NAME.partial(), Arrays.copyOf(Arrays.copyOf(SampleWal.segment(1, 3), 24), (int) SampleWal.SEGMENT));
        queue(shorter, Arrays.copyOf(SampleWal.segment(1, 4), 24));
        archiver.closePartial(NAME.partial());
        archiver.closePartial(shorter);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.directory.names()).isEmpty();
        assertThat(sample.repository.wal().names()).isEmpty();
        assertThat(home.resolve("errors")).doesNotExist();
    }

    @Test
    void keepsAPartialSegmentAsideWhoseHeaderIsLost() throws IOException {
        byte[] content = SampleWal.segment(1, 3);
        Arrays.fill(content, 0, 8192, (byte) 0);
        queue(NAME.partial(), content);
        archiver.closePartial(NAME.partial());

        assertThat(archiver.round()).isTrue();

        assertThat(errors())
                .singleElement()
                .asString()
                .startsWith(NAME.partial().value());
    }

    @Test
    void endsBetweenTwoFiles() throws IOException {
        queue(NAME, SampleWal.segment(1, 3));
        archiver.requestStop();

        assertThat(archiver.round()).isTrue();

        assertThat(sample.directory.names()).containsExactly(NAME);
    }

    @Test
    void passesOverFilesThatVanish() throws IOException {
        Files.createSymbolicLink(home.resolve("streaming").resolve(NAME.value()), home.resolve("streaming/target"));
        queue(SampleWal.name(1, 4), SampleWal.segment(1, 4));

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().names()).containsExactly(SampleWal.name(1, 4));
    }

    private void queue(WalFileName name, byte[] content) throws IOException {
        Files.write(sample.directory.path(name), content);
    }

    private List<String> errors() throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("errors"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
