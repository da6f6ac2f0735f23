package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.RepositoryIdentity;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.wal.WalIntake.Outcome;
import org.matriarch.testkit.server.FixedServers;

@Timeout(60)
final class DurableIntakeTest {

    private static final WalFileName NAME = SampleWal.name(1, 3);
    private static final byte[] SEGMENT = SampleWal.segment(1, 3);

    @TempDir
    private Path home;

    private Sample sample;
    private DurableIntake intake;

    @BeforeEach
    void setUp() {
        begin(true);
        sample.repository.claim(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
    }

    private void begin(boolean archiver) {
        sample = new Sample(home, new WalSettings(false, archiver, Optional.empty(), false, "x"));
        var servers = new FixedServers(sample.configuration);
        intake = new DurableIntake(servers, new StreamingReceivers(servers, sample.services));
    }

    @Test
    void keepsWhatIsHandedOver() throws IOException {
        assertThat(take(NAME.value(), SEGMENT, sha256(SEGMENT).toUpperCase(Locale.ROOT)))
                .isEqualTo(Outcome.STORED);
        assertThat(take(NAME.value(), SEGMENT)).isEqualTo(Outcome.DUPLICATE);

        assertThat(pushed()).containsExactly(NAME.value());
        assertThat(Files.readAllBytes(home.resolve("pushed").resolve(NAME.value())))
                .isEqualTo(SEGMENT);
        assertThat(sample.services.locks().size()).isZero();
    }

    @Test
    void takesEveryKindOfFile() throws IOException {
        String label = "START WAL LOCATION: 0/300028 (file %s)\nCHECKPOINT LOCATION: 0/300060\n".formatted(NAME);

        take("00000002.history", "1\t0/300000\tno recovery target specified\n".getBytes(ISO_8859_1));
        take(NAME + ".00000028.backup", label.getBytes(ISO_8859_1));
        take(NAME.partial().value(), SEGMENT);

        assertThat(pushed())
                .containsExactlyInAnyOrder(
                        "00000002.history",
                        NAME + ".00000028.backup",
                        NAME.partial().value());
    }

    @Test
    void knowsWhatIsArchivedAlready() throws IOException {
        sample.repository.wal().add(NAME, SEGMENT);

        assertThat(take(NAME.value(), SEGMENT)).isEqualTo(Outcome.DUPLICATE);
        assertThat(take(NAME.partial().value(), SEGMENT)).isEqualTo(Outcome.DUPLICATE);

        assertThat(pushed()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"archive", "pushed", "incoming", "streaming"})
    void refusesOtherContentOfOneName(String where) throws IOException {
        byte[] other = SEGMENT.clone();
        other[500]++;
        if (where.equals("archive")) {
            sample.repository.wal().add(NAME, SEGMENT);
        } else {
            Files.createDirectories(home.resolve(where));
            Files.write(home.resolve(where).resolve(NAME.value()), SEGMENT);
        }

        assertRefused(NAME.value(), other, ErrorCode.WAL_CONFLICT, "server 'main' has another WAL file '%s' already");

        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).containsExactly(NAME.value());
        if (where.equals("archive")) {
            assertThat(sample.repository.wal().content(NAME)).isEqualTo(SEGMENT);
        } else {
            assertThat(Files.readAllBytes(home.resolve(where).resolve(NAME.value())))
                    .isEqualTo(SEGMENT);
        }
        assertThat(take(NAME.value(), SEGMENT)).isNotNull();
    }

    /** PostgreSQL sends it again every second, for as long as it takes somebody to look. */
    @Test
    void makesARefusalKnownOnce() {
        byte[] other = SEGMENT.clone();
        other[500]++;
        take(NAME.value(), SEGMENT);

        for (int i = 0; i < 5; i++) {
            assertRefused(NAME.value(), other, ErrorCode.WAL_CONFLICT, "server 'main' has another WAL file '%s'");
        }
        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).hasSize(1);

        take(NAME.value(), SEGMENT);
        assertRefused(NAME.value(), other, ErrorCode.WAL_CONFLICT, "server 'main' has another WAL file '%s'");
        assertThat(sample.events.subjects(Event.Type.WAL_CONFLICT)).hasSize(2);
    }

    @Test
    void makesEveryReasonKnown() {
        for (int i = 0; i < 3; i++) {
            assertRefused(NAME.value(), new byte[6], ErrorCode.WAL_INVALID, "it has 6 bytes");
        }
        assertRefused(NAME.value(), new byte[0], ErrorCode.WAL_INVALID, "it is empty");
        assertRefused("nonsense", SEGMENT, ErrorCode.WAL_INVALID, "it is not the name of a WAL file");

        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED))
                .containsExactly(NAME.value(), NAME.value(), "nonsense");
    }

    @Test
    void comparesIncompleteSegmentsAsFarAsBothGo() {
        byte[] ended = SEGMENT.clone();
        Arrays.fill(ended, 700_000, ended.length, (byte) 0);
        byte[] different = SEGMENT.clone();
        different[600_000]++;
        sample.repository.wal().add(NAME.partial(), ended);

        assertThat(take(NAME.partial().value(), SEGMENT)).isEqualTo(Outcome.DUPLICATE);
        assertRefused(NAME.partial().value(), different, ErrorCode.WAL_CONFLICT, "has another WAL file '%s.partial'");
        sample.repository.wal().add(NAME.partial(), SEGMENT);
        assertThat(take(NAME.partial().value(), ended)).isEqualTo(Outcome.DUPLICATE);
    }

    @Test
    void refusesWhatDidNotArriveWhole() throws IOException {
        assertRefused(
                NAME.value(), SEGMENT, sha256(new byte[1]), ErrorCode.WAL_TRANSFER, "1048576 bytes came, with the SHA");
        assertRefused(NAME.value(), new byte[10], sha256(SEGMENT), ErrorCode.WAL_TRANSFER, "10 bytes came");

        assertThatThrownBy(() -> intake.take(
                        "main",
                        NAME.value(),
                        new SequenceInputStream(new ByteArrayInputStream(SEGMENT, 0, 5000), new BrokenStream()),
                        Optional::empty))
                .hasMessageContaining("the sender broke off: connection reset")
                .extracting(e -> ((MatriarchException) e).code())
                .isEqualTo(ErrorCode.WAL_TRANSFER);

        assertThat(pushed()).isEmpty();
        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "../../etc/passwd | it is not the name of a WAL file",
                "000000010000000000000004 | its header says position 0/300000, its name 0/400000",
                "000000010000000000000003.00000028.backup | its first line is not that of a backup",
                "00000002.history | is not a line of the history of timeline 2",
            })
    void refusesContentThatDoesNotFitTheName(String name, String why) throws IOException {
        assertRefused(name, name.endsWith("y") ? "junk".getBytes(ISO_8859_1) : SEGMENT, ErrorCode.WAL_INVALID, why);

        assertThat(sample.events.subjects(Event.Type.WAL_REFUSED)).containsExactly(name);
        assertThat(pushed()).isEmpty();
    }

    @Test
    void refusesFilesOfAWrongSize() throws IOException {
        byte[] longer = Arrays.copyOf(SEGMENT, SEGMENT.length + 1);

        assertRefused(NAME.value(), new byte[6], ErrorCode.WAL_INVALID, "it has 6 bytes and does not begin with");
        assertRefused(NAME.value(), new byte[0], ErrorCode.WAL_INVALID, "it is empty");
        assertRefused(NAME.value(), new byte[2 << 20], ErrorCode.WAL_INVALID, "does not begin with the header");
        assertRefused(NAME.value(), longer, ErrorCode.WAL_INVALID, "it has 1048577 bytes, its header says 1048576");
        assertRefused("00000002.history", new byte[2 << 20], ErrorCode.WAL_INVALID, "bytes, which no such file has");
        assertRefused("00000002.history", new byte[0], ErrorCode.WAL_INVALID, "it is empty");
        assertThat(pushed()).isEmpty();
    }

    @Test
    void readsNoMoreThanASegment() {
        var endless = new Endless();

        assertThatThrownBy(() -> intake.take("main", NAME.value(), endless, Optional::empty))
                .hasMessageContaining("does not begin with the header of a WAL segment");
        assertThat(endless.count).isLessThan(2 << 20);
    }

    @Test
    void refusesWalOfAnotherSystem() {
        begin(true);
        sample.repository.claim(new RepositoryIdentity("42", 16));

        assertRefused(NAME.value(), SEGMENT, ErrorCode.WAL_INVALID, "it belongs to system 7300000000000000001");
    }

    @Test
    void takesNothingForAServerThatIsNotSetUpForIt() {
        begin(false);

        assertRefused(NAME.value(), SEGMENT, ErrorCode.ARCHIVER_OFF, "server 'main' takes no WAL files");
        assertThatThrownBy(() -> intake.take("other", NAME.value(), new BrokenStream(), Optional::empty))
                .extracting(e -> ((MatriarchException) e).code())
                .isEqualTo(ErrorCode.SERVER_UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8})
    void keepsAllOrNothingWhereverTheDiskFails(int step) throws IOException {
        sample.disk.failAfter(step, "No space left on device");
        try {
            take(NAME.value(), SEGMENT);
        } catch (MatriarchException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.STORE_FULL);
        }
        sample.disk.repair();

        assertThat(take(NAME.value(), SEGMENT)).isNotNull();

        assertThat(Files.readAllBytes(home.resolve("pushed").resolve(NAME.value())))
                .isEqualTo(SEGMENT);
    }

    /** rsync may replace the copy in the next moment, by another one. */
    @Test
    void answersForNothingThatSomebodyElseCopied() throws IOException {
        Path copied = Files.createDirectories(home.resolve("incoming")).resolve(NAME.value());
        Files.write(copied, SEGMENT);

        assertThat(take(NAME.value(), SEGMENT)).isEqualTo(Outcome.STORED);

        assertThat(pushed()).containsExactly(NAME.value());
        assertThat(copied).hasBinaryContent(SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"half", "directory", "link"})
    void waitsForNobodyWhoCopiesTheSameFile(String what) throws IOException {
        Path copied = Files.createDirectories(home.resolve("incoming")).resolve(NAME.value());
        switch (what) {
            case "half" -> Files.write(copied, new byte[6]);
            case "directory" -> Files.createDirectory(copied);
            default -> Files.createSymbolicLink(copied, Files.write(home.resolve("other"), new byte[2 << 20]));
        }

        assertThat(take(NAME.value(), SEGMENT)).isEqualTo(Outcome.STORED);
    }

    @Test
    void dropsTheEndOfATimelineWithoutARecord() throws IOException {
        byte[] blank = new byte[SEGMENT.length];
        System.arraycopy(SEGMENT, 0, blank, 0, 20);

        assertThat(take(NAME.partial().value(), blank)).isEqualTo(Outcome.DUPLICATE);

        assertThat(pushed()).isEmpty();
        blank[blank.length - 1] = 1;
        assertRefused(NAME.partial().value(), blank, ErrorCode.WAL_INVALID, "does not begin with the header");
        assertRefused(NAME.partial().value(), new byte[6], ErrorCode.WAL_INVALID, "it has 6 bytes");
    }

    @Test
    void refusesAHistoryThatIsCutOff() {
        byte[] cut = "1\t0/300000\tno reco".getBytes(ISO_8859_1);

        assertRefused("00000002.history", cut, ErrorCode.WAL_INVALID, "its last line is not whole");
    }

    @Test
    void refusesSegmentsOfAnotherSizeThanTheArchives() {
        sample.repository.wal().add(SampleWal.name(1, 1), SampleWal.segment(1, 1));
        byte[] large = Arrays.copyOf(SEGMENT, 2 << 20);
        ByteBuffer.wrap(large)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(32, 2 << 20)
                .putLong(8, 3L * (2 << 20));

        assertRefused(
                NAME.value(),
                large,
                ErrorCode.WAL_INVALID,
                "its segments have 2097152 bytes, those of the archive 1048576");
    }

    @Test
    void asksTheServerWhoseWalItIsIfNobodyKnows() throws IOException {
        begin(true);
        sample.postgres.goAway(ScriptedServer.unreachable());
        assertRefused(NAME.value(), SEGMENT, ErrorCode.POSTGRES_UNREACHABLE, "server 'main' is away");
        assertThat(pushed()).isEmpty();

        sample.postgres.comeBack();

        assertThat(take(NAME.value(), SEGMENT)).isEqualTo(Outcome.STORED);
        assertThat(sample.repository.identity()).contains(new RepositoryIdentity(SampleWal.SYSTEM_ID, 16));
    }

    @Test
    void givesUpWhenItIsInterrupted() throws Exception {
        try (NameLocks.Held held = sample.services
                .locks()
                .acquire("main", NAME, Duration.ofSeconds(1))
                .orElseThrow()) {
            assertThat(held).isNotNull();
            var failure = new AtomicReference<@Nullable MatriarchException>();
            var pusher = new Thread(() -> {
                try {
                    take(NAME.value(), SEGMENT);
                } catch (MatriarchException e) {
                    failure.set(e);
                }
            });
            pusher.start();
            await().until(() -> pusher.getState() == Thread.State.TIMED_WAITING);
            pusher.interrupt();
            pusher.join();

            assertThat(failure.get())
                    .isNotNull()
                    .extracting(MatriarchException::code)
                    .isEqualTo(ErrorCode.STORE_FAILED);
        }
        assertThat(pushed()).isEmpty();
    }

    @Test
    void sweepsWhatACrashLeft() throws IOException {
        Files.createDirectories(home.resolve("pushed"));
        Files.createFile(home.resolve("pushed/.taking-1a2b-7"));
        var directory = new PushedDirectory(home, sample.disk);
        Files.createFile(directory.temporary());

        directory.sweep();

        assertThat(pushed()).hasSize(1).doesNotContain(".taking-1a2b-7");
    }

    private Outcome take(String name, byte[] content) {
        return intake.take("main", name, new ByteArrayInputStream(content), Optional::empty);
    }

    private Outcome take(String name, byte[] content, String sha256) {
        return intake.take("main", name, new ByteArrayInputStream(content), () -> Optional.of(sha256));
    }

    private void assertRefused(String name, byte[] content, ErrorCode code, String message) {
        assertRefused(name, content, sha256(content), code, message);
    }

    private void assertRefused(String name, byte[] content, String sha256, ErrorCode code, String message) {
        assertThatThrownBy(() -> take(name, content, sha256))
                .hasMessageContaining(message.formatted(NAME))
                .extracting(e -> ((MatriarchException) e).code())
                .isEqualTo(code);
    }

    private List<String> pushed() throws IOException {
        if (!Files.exists(home.resolve("pushed"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(home.resolve("pushed"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client that goes away. */
    private static final class BrokenStream extends InputStream {
        @Override
        public int read() throws IOException {
            throw new IOException("connection reset");
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            throw new IOException("connection reset");
        }
    }

    /** A client that never ends. */
    private static final class Endless extends InputStream {
        private long count;

        @Override
        public int read() {
            count++;
            return 7;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            Arrays.fill(buffer, offset, offset + length, (byte) 7);
            count += length;
            return length;
        }
    }
}
