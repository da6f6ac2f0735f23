package org.matriarch.shell.internal.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Compression;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalFilter;
import org.matriarch.api.wal.WalListing;
import org.matriarch.api.wal.WalSwitch;
import org.matriarch.shell.internal.command.Caller;
import org.matriarch.shell.internal.command.ScriptedServices;

final class WalGetCommandTest {

    private static final String NAME = "000000010000000000000002";

    private final byte[] content = new byte[3_000_000];
    private final OneSegment files = new OneSegment();
    private final Compression gzip = (id, out) -> {
        if (!id.equals("gzip")) {
            throw new MatriarchException(ErrorCode.PLUGIN_MISSING, "compressor '%s' is away".formatted(id), "wait.");
        }
        return new GZIPOutputStream(out);
    };
    private final Caller caller =
            new Caller(new ScriptedServices().with(WalFiles.class, files).with(Compression.class, gzip));

    @TempDir
    Path directory;

    @BeforeEach
    void fill() {
        new Random(1).nextBytes(content);
    }

    @Test
    void writesTheBytesAsTheyAre() {
        assertThat(caller.call("wal:get", "main", NAME)).isZero();

        assertThat(caller.bytes()).isEqualTo(content);
        assertThat(caller.err()).isEmpty();
    }

    @Test
    void compressesWithGzip() throws IOException {
        assertThat(caller.call("wal:get", "main", NAME, "--gzip")).isZero();

        try (var plain = new GZIPInputStream(new ByteArrayInputStream(caller.bytes()))) {
            assertThat(plain.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void refusesWhatItCannotCompressWith() {
        assertThat(caller.call("wal:get", "main", NAME, "--gzip", "--bzip2")).isEqualTo(2);
        assertThat(caller.err()).contains("exclude each other");

        assertThat(caller.call("wal:get", "main", NAME, "--bzip2")).isEqualTo(1);
        assertThat(caller.err()).contains("compressor 'bzip2' is away");
        assertThat(caller.bytes()).isEmpty();
    }

    @Test
    void writesAFileOfTheCaller() throws IOException {
        Files.createDirectory(directory.resolve("to here"));

        assertThat(caller.in(directory).call("wal:get", "main", NAME, "--output", "to here"))
                .isZero();

        assertThat(caller.bytes()).isEmpty();
        assertThat(directory.resolve("to here").resolve(NAME)).hasBinaryContent(content);
    }

    @Test
    void leavesNothingOfAFileThatIsNotWhole() throws IOException {
        files.failing = true;

        assertThat(caller.call("wal:get", "main", NAME, "--output", directory.toString()))
                .isEqualTo(1);

        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
        assertThat(caller.err()).startsWith("MATR-5001: unable to write '" + NAME + "' in directory '");
    }

    @Test
    void printsNames() {
        assertThat(caller.call("wal:get", "main", NAME, "--peek", "3")).isZero();

        assertThat(caller.out()).isEqualTo(NAME + "\n" + "000000010000000000000003\n");
    }

    @Test
    void showsGapsWhereTheyAre() {
        assertThat(caller.call("wal:list", "main")).isZero();

        assertThat(caller.out().lines().skip(2).map(line -> line.substring(0, 24)))
                .containsExactly(
                        NAME, "000000010000000000000003", "000000010000000000000005", "000000010000000000000006");
        assertThat(caller.out())
                .contains("000000010000000000000003 |        - | GAP of 2 segments")
                .contains("000000010000000000000006 |        - | waits to be archived");
    }

    @Test
    void waitsForTheSwitchedSegment() {
        assertThat(caller.call("wal:switch", "main", "--archive")).isZero();

        assertThat(caller.out()).isEqualTo("server main closed " + NAME + ", and it is archived\n");
    }

    @Test
    void checksARange() {
        assertThat(caller.call("wal:check", "main", "--from", NAME, "--to", NAME))
                .isEqualTo(1);
        assertThat(caller.out()).isEqualTo("missing " + NAME + "\n");

        assertThat(caller.call("wal:check", "main", "--from", NAME)).isEqualTo(2);
        assertThat(caller.call("wal:check", "main")).isZero();
    }

    private static InputStream gone() {
        InputStream closed = InputStream.nullInputStream();
        try {
            closed.close(); // From now on it throws.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return closed;
    }

    /** An archive with a segment, a gap of two and another segment. */
    private final class OneSegment implements WalFiles {

        private boolean failing;

        @Override
        public InputStream open(String server, WalFileName name, boolean partial) {
            return failing
                    ? new SequenceInputStream(new ByteArrayInputStream(content), gone())
                    : new ByteArrayInputStream(content);
        }

        @Override
        public List<WalFileName> peek(String server, WalFileName from, int count) {
            return List.of(from, from.next(16 << 20));
        }

        @Override
        public WalListing list(String server, WalFilter filter) {
            var first = new WalFileName(NAME);
            var gap = new WalFileName("000000010000000000000003");
            Instant time = Instant.parse("2026-11-20T12:00:00Z");
            return new WalListing(
                    List.of(
                            new WalEntry(first, 16 << 20, time, Optional.empty()),
                            new WalEntry(new WalFileName("000000010000000000000005"), 1000, time, Optional.of("gzip"))),
                    List.of(new WalListing.Gap(gap, gap.next(16 << 20), 2)),
                    List.of(new WalFileName("000000010000000000000006")));
        }

        @Override
        public WalSwitch switchWal(String server, boolean force) {
            return new WalSwitch(server, Optional.of(new WalFileName(NAME)));
        }

        @Override
        public void awaitArchived(String server, WalFileName name, Duration timeout) {
            assertThat(timeout).isEqualTo(Duration.ofSeconds(30));
        }

        @Override
        public void checkEmpty(String server, Optional<Integer> timeline) {
            assertThat(timeline).isEmpty();
        }

        @Override
        public List<WalFileName> missing(String server, WalFileName from, WalFileName to) {
            return List.of(from);
        }
    }
}
