package org.matriarch.testkit.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.spi.compression.Compressor;

/** What a compressor must do. A plugin extends this and supplies itself. */
@Timeout(120)
public abstract class CompressorContract {

    private final Random random = new Random(1);

    /** Returns the compressor under test. */
    protected abstract Compressor compressor();

    /** Returns the levels it takes, at least the least and the greatest; empty if it takes any. */
    protected abstract List<Integer> levels();

    /** Returns levels it must refuse. */
    protected abstract List<Integer> wrongLevels();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 1023, 65_536, 1_000_003, 16 << 20, 20_000_003})
    final void givesBackWhatItCompressed(int size) throws IOException {
        byte[] content = halfRandom(size);

        byte[] compressed = compress(content, OptionalInt.empty());

        assertThat(Arrays.equals(decompress(compressed), content)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100_000})
    final void beginsWithItsMagicNumber(int size) throws IOException {
        byte[] magic = compressor().magic();

        assertThat(magic).hasSizeGreaterThanOrEqualTo(2);
        assertThat(compress(halfRandom(size), OptionalInt.empty())).startsWith(magic);
    }

    @Test
    final void handsOutAMagicNumberThatNobodyCanSpoil() {
        byte[] expected = compressor().magic().clone();

        Arrays.fill(compressor().magic(), (byte) 0);

        assertThat(compressor().magic()).isEqualTo(expected);
    }

    @Test
    final void makesZerosSmall() throws IOException {
        assertThat(compress(new byte[16 << 20], OptionalInt.empty())).hasSizeLessThan(1 << 20);
    }

    @Test
    final void takesItsLevels() throws IOException {
        byte[] content = halfRandom(300_000);

        for (int level : levels()) {
            assertThat(decompress(compress(content, OptionalInt.of(level))))
                    .as("level %d", level)
                    .isEqualTo(content);
        }
    }

    @Test
    final void takesTheLevelsThatItsWordsMean() throws IOException {
        byte[] content = halfRandom(300_000);

        for (Compressor.Effort effort : Compressor.Effort.values()) {
            assertThat(decompress(compress(content, compressor().level(effort))))
                    .as("%s is level %s", effort, compressor().level(effort))
                    .isEqualTo(content);
        }
    }

    @Test
    final void refusesOtherLevels() {
        for (int level : wrongLevels()) {
            assertThatThrownBy(() -> compress(new byte[1], OptionalInt.of(level)))
                    .as("level %d", level)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(level));
        }
    }

    @Test
    final void closesTheStreamBelow() throws IOException {
        var closed = new boolean[1];
        var out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed[0] = true;
            }
        };

        compressor().compress(out, OptionalInt.empty()).close();

        assertThat(closed[0]).isTrue();
    }

    @Test
    final void canBeClosedTwice() throws IOException {
        byte[] content = halfRandom(100_000);
        var bytes = new ByteArrayOutputStream();

        OutputStream out = compressor().compress(bytes, OptionalInt.empty());
        out.write(content);
        out.close();
        out.close();

        assertThat(decompress(bytes.toByteArray())).isEqualTo(content);
    }

    /** So does {@code cat} join what any of the usual programs wrote. */
    @Test
    final void readsStreamsThatFollowOneAnother() throws IOException {
        byte[] first = halfRandom(100_000);
        byte[] second = halfRandom(70_000);

        byte[] both = concatenated(compress(first), compress(second));

        assertThat(decompress(both)).isEqualTo(concatenated(first, second));
    }

    @Test
    final void readsFromAStreamThatGivesAFewBytesAtATime() throws IOException {
        byte[] content = halfRandom(20_000);
        byte[] both = concatenated(compress(content), compress(content));

        assertThat(decompress(new Trickle(both))).isEqualTo(concatenated(content, content));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 100, 100_000})
    final void refusesWhatFollowsTheStream(int length) throws IOException {
        byte[] garbage = new byte[length];
        Arrays.fill(garbage, (byte) 'g');
        byte[] compressed = concatenated(compress(halfRandom(100_000)), garbage);

        assertThatThrownBy(() -> decompress(compressed)).isInstanceOf(IOException.class);
    }

    @Test
    final void canBeClosedBeforeTheEnd() throws IOException {
        byte[] content = halfRandom(4 << 20);
        InputStream in = compressor().decompress(new ByteArrayInputStream(compress(content)));

        assertThat(in.read()).isEqualTo(content[0] & 0xff);
        in.close();
    }

    @Test
    final void passesOnThatNothingMoreCanBeWritten() {
        assertThatThrownBy(() -> compress(halfRandom(4 << 20), OptionalInt.empty(), new Full()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no space left on device");
    }

    @Test
    final void passesOnThatNothingMoreCanBeRead() throws IOException {
        byte[] compressed = compress(halfRandom(4 << 20));
        InputStream broken = new SequenceInputStream(
                new ByteArrayInputStream(compressed, 0, compressed.length / 2), new Unreadable());

        assertThatThrownBy(() -> decompress(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no longer there");
    }

    @Test
    final void refusesATruncatedStream() throws IOException {
        byte[] compressed = compress(halfRandom(200_000), OptionalInt.empty());

        for (int length : List.of(0, 1, compressor().magic().length, compressed.length / 2, compressed.length - 1)) {
            assertThatThrownBy(() -> decompress(Arrays.copyOf(compressed, length)))
                    .as("cut to %d of %d bytes", length, compressed.length)
                    .isInstanceOf(IOException.class);
        }
    }

    /** A flipped bit may fall where it does no harm, but it never gives other bytes than were compressed. */
    @Test
    final void neverYieldsOtherBytesFromADamagedStream() throws IOException {
        byte[] content = halfRandom(20_000);
        byte[] compressed = compress(content, OptionalInt.empty());

        for (int i = 0; i < 200; i++) {
            byte[] damaged = compressed.clone();
            int position = random.nextInt(damaged.length);
            damaged[position] ^= (byte) (1 << random.nextInt(8));
            try {
                if (!Arrays.equals(decompress(damaged), content)) {
                    fail("byte %d was damaged and other bytes came back without an error", position);
                }
            } catch (IOException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    @Test
    final void refusesWhatItDidNotCompress() {
        assertThatThrownBy(() -> decompress("this was never compressed at all".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }

    /** Returns the content as the compressor compresses it by default. */
    protected final byte[] compress(byte[] content) throws IOException {
        return compress(content, OptionalInt.empty());
    }

    private byte[] compress(byte[] content, OptionalInt level) throws IOException {
        var bytes = new ByteArrayOutputStream();
        compress(content, level, bytes);
        return bytes.toByteArray();
    }

    private void compress(byte[] content, OptionalInt level, OutputStream target) throws IOException {
        try (OutputStream out = compressor().compress(target, level)) {
            out.write(content);
        }
    }

    /** Returns the content of a compressed stream. */
    protected final byte[] decompress(byte[] compressed) throws IOException {
        return decompress(new ByteArrayInputStream(compressed));
    }

    private byte[] decompress(InputStream source) throws IOException {
        try (InputStream in = compressor().decompress(source)) {
            return in.readAllBytes();
        }
    }

    private static byte[] concatenated(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private byte[] halfRandom(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        Arrays.fill(content, size / 2, size, (byte) 'm');
        return content;
    }

    /** Gives at most seven bytes at a time, and never knows whether there are more. */
    private static final class Trickle extends FilterInputStream {

        Trickle(byte[] content) {
            super(new ByteArrayInputStream(content));
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, 7));
        }

        @Override
        public int available() {
            return 0;
        }
    }

    /** Fails at its first byte. */
    private static final class Unreadable extends InputStream {

        @Override
        public int read() throws IOException {
            throw new IOException("no longer there");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            throw new IOException("no longer there");
        }
    }

    /** Takes no byte. */
    private static final class Full extends OutputStream {

        @Override
        public void write(int value) throws IOException {
            throw new IOException("no space left on device");
        }
    }
}
