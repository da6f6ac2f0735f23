package org.matriarch.testkit.compression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

    private byte[] compress(byte[] content, OptionalInt level) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor().compress(bytes, level)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private byte[] decompress(byte[] compressed) throws IOException {
        try (InputStream in = compressor().decompress(new ByteArrayInputStream(compressed))) {
            return in.readAllBytes();
        }
    }

    private byte[] halfRandom(int size) {
        byte[] content = new byte[size];
        random.nextBytes(content);
        Arrays.fill(content, size / 2, size, (byte) 'm');
        return content;
    }
}
