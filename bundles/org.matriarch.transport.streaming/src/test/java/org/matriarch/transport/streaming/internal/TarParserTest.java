package org.matriarch.transport.streaming.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.transport.TransportException;

final class TarParserTest {

    private final Recorder recorder = new Recorder();
    private final TarParser parser = new TarParser("base.tar", recorder);

    @Test
    void deliversMembersHoweverTheBytesAreCut() throws IOException {
        byte[] archive = new TarBytes()
                .file("backup_label", "label")
                .directory("base/")
                .file("base/empty", "")
                .file("base/block", "x".repeat(512))
                .file("base/odd", "y".repeat(700))
                .ended();

        for (int cut : new int[] {1, 7, 511, 512, 513, archive.length}) {
            var cutRecorder = new Recorder();
            var cutParser = new TarParser("base.tar", cutRecorder);
            for (int at = 0; at < archive.length; at += cut) {
                cutParser.feed(archive, at, Math.min(cut, archive.length - at));
            }
            cutParser.finish();

            assertThat(cutRecorder.lines)
                    .as("cut every %d bytes", cut)
                    .containsExactly(
                            "FILE backup_label 5 label",
                            "DIRECTORY base/ 0 ",
                            "FILE base/empty 0 ",
                            "FILE base/block 512 " + "x".repeat(512),
                            "FILE base/odd 700 " + "y".repeat(700));
        }
    }

    @Test
    void readsModeTimeAndPrefix() throws IOException {
        feed(new TarBytes()
                .header("PG_VERSION".getBytes(UTF_8), "deep/er", '0', TarBytes.octal(0))
                .ended());

        assertThat(recorder.entries)
                .containsExactly(new TarEntry(
                        "deep/er/PG_VERSION", TarEntry.Kind.FILE, 0, 0600, Instant.ofEpochSecond(014700000000L)));
    }

    @Test
    void readsSizesBeyondOctal() throws IOException {
        feed(new TarBytes().header("huge", '0', TarBytes.binary(20L << 30)).bytes());

        assertThat(recorder.entries).extracting(TarEntry::sizeBytes).containsExactly(20L << 30);
    }

    @Test
    void takesMoreThanTwoZeroBlocksForTheEnd() throws IOException {
        feed(new TarBytes().raw(new byte[10240]).bytes());

        parser.finish();
    }

    @Test
    void refusesAnArchiveThatEndsEarlyWhereverItIsCut() throws IOException {
        byte[] archive = new TarBytes().file("a", "12345").ended();

        for (int length = 0; length < archive.length; length += 64) {
            var cut = new TarParser("16385.tar", new Recorder());
            cut.feed(archive, 0, length);

            assertThatThrownBy(cut::finish)
                    .as("%d of %d bytes", length, archive.length)
                    .isInstanceOf(TransportException.class)
                    .hasMessage("archive '16385.tar' ends early");
        }
    }

    @Test
    void refusesMembersAfterTheEnd() {
        byte[] archive = new TarBytes().raw(new byte[1024]).file("late", "x").bytes();

        assertRefused(archive, "archive 'base.tar' goes on after its end", true);
    }

    @Test
    void refusesEveryFlippedByteOfAHeader() {
        byte[] sound = new TarBytes().directory("base").ended();

        for (int i = 0; i < 500; i += 9) {
            byte[] broken = Arrays.copyOf(sound, sound.length);
            broken[i] ^= 1;
            assertThatThrownBy(() -> new TarParser("base.tar", new Recorder()).feed(broken, 0, broken.length))
                    .as("byte %d", i)
                    .isInstanceOf(TransportException.class);
        }
    }

    @Test
    void refusesHeadersThatAreNotUstar() {
        byte[] garbage = new byte[512];
        Arrays.fill(garbage, (byte) 'z');

        assertRefused(garbage, "archive 'base.tar' holds a header whose checksum is wrong", true);
    }

    @Test
    void refusesNumbersThatAreNone() {
        byte[] letters =
                new TarBytes().header("a", '0', "not a number".getBytes(UTF_8)).bytes();
        byte[] tooLarge = TarBytes.binary(1);
        Arrays.fill(tooLarge, (byte) 0xff);

        assertRefused(letters, "archive 'base.tar' holds a header with a wrong number", true);
        assertThatThrownBy(() -> {
                    byte[] bytes = new TarBytes().header("a", '0', tooLarge).bytes();
                    new TarParser("base.tar", recorder).feed(bytes, 0, bytes.length);
                })
                .hasMessage("archive 'base.tar' holds a header with a wrong number");
    }

    @Test
    void refusesExtensionsThatPostgresDoesNotWrite() {
        assertRefused(
                new TarBytes().header("././@LongLink", 'L', TarBytes.octal(200)).bytes(),
                "archive 'base.tar' holds '././@LongLink' of the unknown type 'L'",
                false);
    }

    @Test
    void refusesNamesThatJavaCannotKeep() {
        byte[] latin = {'f', (byte) 0xfc, 'r'};

        assertRefused(
                new TarBytes().header(latin, "", '0', TarBytes.octal(0)).bytes(),
                "archive 'base.tar' holds a file whose name is not UTF-8: 'für'",
                false);
    }

    private void feed(byte[] archive) throws IOException {
        parser.feed(archive, 0, archive.length);
    }

    private void assertRefused(byte[] archive, String message, boolean retryable) {
        assertThatThrownBy(() -> feed(archive))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.retryable()).isEqualTo(retryable))
                .hasMessage(message);
    }

    private static final class Recorder implements TarListener {

        private final List<TarEntry> entries = new ArrayList<>();
        private final List<String> lines = new ArrayList<>();
        private final StringBuilder content = new StringBuilder();

        @Override
        public void begin(TarEntry entry) {
            entries.add(entry);
            content.setLength(0);
        }

        @Override
        public void content(byte[] buffer, int offset, int length) {
            content.append(new String(buffer, offset, length, UTF_8));
        }

        @Override
        public void end() {
            TarEntry entry = entries.get(entries.size() - 1);
            lines.add("%s %s %d %s".formatted(entry.kind(), entry.name(), entry.sizeBytes(), content));
        }
    }
}
