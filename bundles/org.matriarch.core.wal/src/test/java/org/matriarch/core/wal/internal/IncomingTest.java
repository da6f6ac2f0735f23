package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.time.MutableClock;

/** Files in {@code incoming/}, as rsync, scp, cp and the push door put them there. */
@Timeout(60)
final class IncomingTest {

    private static final WalFileName NAME = SampleWal.name(1, 3);
    private static final byte[] SEGMENT = SampleWal.segment(1, 3);

    @TempDir
    private Path home;

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-21T10:00:00Z"));
    private Path incoming;
    private Sample sample;
    private WalArchiver archiver;

    @BeforeEach
    void setUp() throws IOException {
        sample = new Sample(home, new WalSettings(true, true, Optional.empty(), false, "x"), clock);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        archiver = sample.archiver();
        incoming = Files.createDirectories(home.resolve("incoming"));
        Files.createDirectories(home.resolve("streaming"));
    }

    @Test
    void archivesAFileThatHasBeenLeftAloneForAMoment() throws IOException {
        copy(NAME.value(), SEGMENT);

        archiver.round();
        assertThat(sample.repository.wal().names()).isEmpty();
        clock.advance(IncomingScan.QUIET);
        archiver.round();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(left()).isEmpty();
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(NAME.value());
    }

    @Test
    void archivesAnOldFileAtOnce() throws IOException {
        copyLongAgo(NAME.value(), SEGMENT);

        archiver.round();

        assertThat(sample.repository.wal().names()).containsExactly(NAME);
    }

    /** Also after a crash: nobody tells this archiver what was pushed. */
    @Test
    void archivesAtOnceWhatWasPushed() throws IOException {
        push(NAME, SEGMENT);

        archiver.round();

        assertThat(sample.repository.wal().names()).containsExactly(NAME);
        assertThat(home.resolve("pushed")).isEmptyDirectory();
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(NAME.value());
    }

    /** As rsync does, which answers with 0. */
    @Test
    void losesNothingThatWasPushedWhenAnotherFileIsMovedToItsName() throws IOException {
        push(NAME, SEGMENT);
        copyLongAgo("." + NAME + ".Xa81bQ", changed(5000, 1));
        Files.move(
                incoming.resolve("." + NAME + ".Xa81bQ"),
                incoming.resolve(NAME.value()),
                StandardCopyOption.REPLACE_EXISTING);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(errors()).hasSize(1).first().asString().endsWith(".duplicate");
        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).containsExactly(NAME.value());
    }

    @Test
    void archivesOnceWhatWasPushedAndCopied() throws IOException {
        copyLongAgo(NAME.value(), SEGMENT);
        push(NAME, SEGMENT);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(left()).isEmpty();
        assertThat(home.resolve("pushed")).isEmptyDirectory();
        assertThat(errors()).isEmpty();
    }

    @Test
    void servesWhatWasPushed() throws IOException {
        var library = new WalLibrary(new FixedServers(sample.configuration), sample.repository, sample.postgres);
        push(NAME, SEGMENT);

        try (var in = library.open("main", NAME, false)) {
            assertThat(in.readAllBytes()).isEqualTo(SEGMENT);
        }
        assertThat(library.peek("main", NAME, 5)).containsExactly(NAME);
        assertThat(library.list("main", new WalFilter(Optional.empty(), Optional.empty(), Optional.empty()))
                        .waiting())
                .containsExactly(NAME);
    }

    private void push(WalFileName name, byte[] content) {
        var servers = new FixedServers(sample.configuration);
        new DurableIntake(servers, new StreamingReceivers(servers, sample.services))
                .take("main", name.value(), new ByteArrayInputStream(content), Optional::empty);
    }

    @Test
    void waitsForWhoeverWritesInPlace() throws IOException {
        copy(NAME.value(), Arrays.copyOf(SEGMENT, 300_000));
        archiver.round();
        clock.advance(Duration.ofMinutes(2));
        archiver.round();
        assertThat(archiver.doubts())
                .containsExactly(new IncomingScan.Doubt(NAME.value(), "it is not whole: it has 300000 bytes"));

        append(NAME.value(), Arrays.copyOfRange(SEGMENT, 300_000, SEGMENT.length));
        archiver.round();
        assertThat(sample.repository.wal().names()).isEmpty();
        clock.advance(IncomingScan.QUIET);
        archiver.round();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(archiver.doubts()).isEmpty();
    }

    @Test
    void leavesWhatItsWriterCallsUnfinished() throws IOException {
        List<String> names = List.of("." + NAME + ".Xa81bQ", NAME + ".tmp", NAME + ".part", NAME + ".filepart");
        for (String name : names) {
            copyLongAgo(name, SEGMENT);
        }
        Files.createDirectory(incoming.resolve("lost+found"));
        Files.createDirectory(incoming.resolve(".rsync-partial"));

        look();

        assertThat(left()).hasSize(6);
        assertThat(errors()).isEmpty();
        assertThat(sample.repository.wal().names()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "empty", "link", "directory", "system", "size", "position", "timeline", "history"})
    void movesAsideWhatWillNeverBeArchived(String kind) throws IOException {
        sample.repository.wal().add(SampleWal.name(1, 1), SampleWal.segment(1, 1));
        String name = kind.equals("history") ? "00000002.history" : NAME.value();
        Path file = incoming.resolve(name);
        switch (kind) {
            case "short" -> Files.write(file, new byte[6]);
            case "empty" -> Files.createFile(file);
            case "link" -> Files.createSymbolicLink(file, home.resolve("elsewhere"));
            case "directory" -> Files.createDirectory(file);
            case "system" -> Files.write(file, changed(24, 42));
            case "size" -> Files.write(file, largeSegment());
            case "position" -> Files.write(file, SampleWal.segment(1, 7));
            case "timeline" -> Files.write(file, SampleWal.segment(2, 3));
            default -> Files.writeString(file, "no history\n");
        }

        look();

        assertThat(left()).isEmpty();
        assertThat(errors()).hasSize(1).first().asString().matches(name + "\\.\\d{8}T\\d{6}Z\\.unknown");
        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED)).containsExactly(name);
        assertThat(sample.repository.wal().names()).containsExactly(SampleWal.name(1, 1));
    }

    @Test
    void movesAsideStrangersAfterAWhile() throws IOException {
        copy("readme.txt", "hello".getBytes(ISO_8859_1));
        Files.createDirectory(incoming.resolve("old"));
        archiver.round();
        clock.advance(IncomingScan.QUIET);
        archiver.round();
        assertThat(archiver.doubts())
                .containsExactlyInAnyOrder(
                        new IncomingScan.Doubt("readme.txt", "it is not the name of a WAL file"),
                        new IncomingScan.Doubt("old", "it is a directory"));

        look();

        assertThat(left()).isEmpty();
        assertThat(errors()).hasSize(2);
    }

    @Test
    void goesOnWhenTheClockIsSetBack() throws IOException {
        copy(NAME.value(), SEGMENT);
        archiver.round();

        clock.advance(Duration.ofDays(-1));
        archiver.round();

        assertThat(sample.repository.wal().names()).containsExactly(NAME);
    }

    @Test
    void dropsWhatTheReceiverHasBroughtToo() throws IOException {
        copyLongAgo(NAME.value(), SEGMENT);
        Files.write(sample.directory.path(NAME), SEGMENT);

        assertThat(archiver.round()).isTrue();

        assertThat(left()).isEmpty();
        assertThat(sample.directory.names()).isEmpty();
        assertThat(errors()).isEmpty();
        assertThat(sample.events.subjects(Event.Type.WAL_ARCHIVED)).containsExactly(NAME.value());
    }

    @Test
    void keepsAConflictOfBothWaysAside() throws IOException {
        copyLongAgo(NAME.value(), changed(5000, 1));
        Files.write(sample.directory.path(NAME), SEGMENT);

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        assertThat(errors()).hasSize(1).first().asString().endsWith(".duplicate");
        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).containsExactly(NAME.value());
    }

    @Test
    void takesTheEndOfATimelineFromBothWays() throws IOException {
        byte[] ended = SEGMENT.clone();
        Arrays.fill(ended, 700_000, ended.length, (byte) 0);
        Files.write(sample.directory.path(NAME.partial()), ended);
        copyLongAgo(NAME.partial().value(), SEGMENT);
        archiver.closePartial(NAME.partial());

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().names()).containsExactly(NAME.partial());
        assertThat(left()).isEmpty();
        assertThat(sample.directory.names()).isEmpty();
        assertThat(errors()).isEmpty();
    }

    @Test
    void keepsAnotherEndOfATimelineAside() throws IOException {
        sample.repository.wal().add(NAME.partial(), SEGMENT);
        copyLongAgo(NAME.partial().value(), changed(5000, 1));

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().content(NAME.partial())).isEqualTo(SEGMENT);
        assertThat(errors()).hasSize(1).first().asString().endsWith(".duplicate");
    }

    @Test
    void dropsTheEndOfATimelineWithoutARecord() throws IOException {
        byte[] blank = new byte[SEGMENT.length];
        System.arraycopy(SEGMENT, 0, blank, 0, 20);
        Files.write(sample.directory.path(NAME.partial()), blank);
        archiver.closePartial(NAME.partial());

        assertThat(archiver.round()).isTrue();

        assertThat(sample.repository.wal().names()).isEmpty();
        assertThat(sample.directory.names()).isEmpty();
        assertThat(errors()).isEmpty();
    }

    @Test
    void leavesWhatIsPutInPlaceOfAFileWhileItIsArchived() throws IOException {
        Path file = incoming.resolve(NAME.value());
        Path other = Files.write(home.resolve("other"), changed(5000, 1));
        copyLongAgo(NAME.value(), SEGMENT);
        // Our sync of the copied file comes right after it was looked at.
        sample.disk.slowWhile(() -> {
            replace(other, file);
            return false;
        });

        archiver.round();
        assertThat(left()).containsExactly(NAME.value());
        assertThat(file).hasBinaryContent(changed(5000, 1));
        clock.advance(IncomingScan.QUIET);
        archiver.round();
        clock.advance(IncomingScan.QUIET);
        archiver.round();

        assertThat(left()).isEmpty();
    }

    private static void replace(Path other, Path file) {
        try {
            if (Files.exists(other)) {
                Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void movesAsideAHistoryThatNeverEnds() throws IOException {
        copy("00000002.history", "1\t0/300000\tcut o".getBytes(ISO_8859_1));
        copy("00000003.history", new byte[2 << 20]);

        look();

        assertThat(left()).isEmpty();
        assertThat(errors()).hasSize(2);
        assertThat(sample.repository.wal().names()).isEmpty();
    }

    @Test
    void asksTheServerWhoseWalItIsIfNobodyKnows() throws IOException {
        sample = new Sample(home, new WalSettings(false, true, Optional.empty(), false, "x"), clock);
        archiver = sample.archiver();
        copyLongAgo(NAME.value(), SEGMENT);
        sample.postgres.goAway(ScriptedServer.unreachable());

        assertThat(archiver.round()).isFalse();
        assertThat(archiver.problem().orElseThrow()).startsWith("MATR-7001");
        assertThat(left()).containsExactly(NAME.value());
        sample.postgres.comeBack();
        clock.advance(Backoff.LEAST);

        assertThat(archiver.round()).isTrue();
        assertThat(sample.repository.identity()).contains(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        assertThat(sample.repository.wal().names()).containsExactly(NAME);
    }

    @Test
    void seesAFileAsSoonAsItComes() throws IOException {
        sample = new Sample(home, new WalSettings(false, true, Optional.empty(), false, "x"));
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
        archiver = sample.archiver();
        archiver.start();
        try {
            await().until(() -> Files.isDirectory(incoming));
            Path temporary = Files.write(incoming.resolve("." + NAME + ".Xa81bQ"), SEGMENT);
            Files.move(temporary, incoming.resolve(NAME.value()));

            await().until(() -> sample.repository.wal().contains(NAME));
        } finally {
            assertThat(archiver.stop(Duration.ofSeconds(10))).isTrue();
            sample.services.watch().close();
        }
    }

    @Test
    void servesWhatIsNotYetArchived() throws IOException {
        var library = new WalLibrary(new FixedServers(sample.configuration), sample.repository, sample.postgres);
        copy(NAME.value(), SEGMENT);
        copy(SampleWal.name(1, 4).value(), new byte[6]);
        copy(SampleWal.name(1, 5).value(), changed(24, 42));

        try (var in = library.open("main", NAME, false)) {
            assertThat(in.readAllBytes()).isEqualTo(SEGMENT);
        }
        assertThat(library.peek("main", NAME, 5)).containsExactly(NAME);
        assertThat(library.list("main", new WalFilter(Optional.empty(), Optional.empty(), Optional.of(NAME)))
                        .waiting())
                .containsExactly(NAME);
        copy("00000002.history", "1\t0/300000\tpromoted\n".getBytes(ISO_8859_1));
        copy("00000003.history", new byte[0]);
        assertThat(library.list("main", new WalFilter(Optional.empty(), Optional.empty(), Optional.empty()))
                        .waiting())
                .containsExactly(NAME, SampleWal.name(1, 5), WalFileName.ofHistory(2));
        assertThat(missing(library, SampleWal.name(1, 4))).startsWith("MATR-3001");
        assertThat(missing(library, SampleWal.name(1, 5))).startsWith("MATR-3001");
    }

    private static String missing(WalLibrary library, WalFileName name) {
        try {
            library.open("main", name, false);
            return "";
        } catch (MatriarchException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private void look() {
        archiver.round();
        clock.advance(IncomingScan.PATIENCE);
        archiver.round();
    }

    private void copy(String name, byte[] content) throws IOException {
        Path file = Files.write(incoming.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    }

    private void copyLongAgo(String name, byte[] content) throws IOException {
        Path file = Files.write(incoming.resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant().minus(IncomingScan.OLD)));
    }

    private void append(String name, byte[] content) throws IOException {
        Path file = Files.write(incoming.resolve(name), content, StandardOpenOption.APPEND);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    }

    private static byte[] changed(int position, int value) {
        byte[] bytes = SEGMENT.clone();
        bytes[position] ^= (byte) value;
        return bytes;
    }

    private static byte[] largeSegment() {
        byte[] bytes = Arrays.copyOf(SEGMENT, 2 << 20);
        ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(32, 2 << 20)
                .putLong(8, 3L * (2 << 20));
        return bytes;
    }

    private List<String> left() throws IOException {
        return names(incoming);
    }

    private List<String> errors() throws IOException {
        return Files.exists(home.resolve("errors")) ? names(home.resolve("errors")) : List.of();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
