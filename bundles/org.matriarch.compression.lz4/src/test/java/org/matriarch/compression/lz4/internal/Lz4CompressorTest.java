package org.matriarch.compression.lz4.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;
import org.matriarch.testkit.compression.FilterProgram;

class Lz4CompressorTest extends CompressorContract {

    private static final int FLAGS = 4;
    private static final int CONTENT_CHECKSUM = 0x04;

    @Override
    protected Compressor compressor() {
        return new Lz4Compressor();
    }

    @Override
    protected List<Integer> levels() {
        return List.of(1, 2, 3, 9, 12);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-1, 0, 13);
    }

    @Test
    void hasALevelForEachWord() {
        assertThat(Arrays.stream(Compressor.Effort.values())
                        .map(effort -> compressor().level(effort).orElseThrow()))
                .containsExactly(1, 6, 10);
    }

    @Test
    void writesAChecksumOfTheContent() throws IOException {
        assertThat(compress(new byte[1000])[FLAGS] & CONTENT_CHECKSUM).isNotZero();
    }

    @Test
    void isReadByTheProgram() throws IOException {
        byte[] content = words(6 << 20);

        assertThat(FilterProgram.run(compress(content), "lz4", "-dcq")).isEqualTo(content);
    }

    @Test
    void readsIndependentBlocksOfTheProgram() throws IOException {
        byte[] content = words(6 << 20);

        assertThat(decompress(FilterProgram.run(content, "lz4", "-cq"))).isEqualTo(content);
        assertThat(decompress(FilterProgram.run(content, "lz4", "-9cq", "-B4", "-BX")))
                .isEqualTo(content);
    }

    /** Barman's blocks are linked, too. */
    @Test
    void readsLinkedBlocksOfTheProgram() throws IOException {
        for (String size : List.of("-B4", "-B5", "-B7")) {
            byte[] content = words(6 << 20);
            assertThat(decompress(FilterProgram.run(content, "lz4", "-cq", "-BD", size)))
                    .as(size)
                    .isEqualTo(content);
        }
        byte[] zeros = new byte[300_000];
        assertThat(decompress(FilterProgram.run(zeros, "lz4", "-9cq", "-BD", "-B4", "-BX", "--content-size")))
                .isEqualTo(zeros);
        byte[] noise = new byte[300_000];
        new Random(2).nextBytes(noise);
        assertThat(decompress(FilterProgram.run(noise, "lz4", "-cq", "-BD", "-B4")))
                .isEqualTo(noise);
    }

    @Test
    void neverYieldsOtherBytesFromDamagedLinkedBlocks() throws IOException {
        byte[] content = words(100_000);
        byte[] compressed = FilterProgram.run(content, "lz4", "-cq", "-BD", "-B4");
        var random = new Random(3);

        for (int i = 0; i < 500; i++) {
            byte[] damaged = compressed.clone();
            int position = random.nextInt(damaged.length);
            damaged[position] ^= (byte) (1 << random.nextInt(8));
            try {
                if (!Arrays.equals(decompress(damaged), content)) {
                    fail("byte %d was damaged and other bytes came back without an error", position);
                }
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("lz4 stream");
            }
        }
    }

    @Test
    void passesOverFramesThatAreNoContent() throws IOException {
        byte[] skippable = {0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c'};
        byte[] content = words(1000);
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(skippable);
        bytes.writeBytes(compress(content));
        bytes.writeBytes(skippable);

        assertThat(decompress(bytes.toByteArray())).isEqualTo(content);
        assertThatThrownBy(() -> decompress(skippable)).hasMessage("not an lz4 stream");
    }

    @Test
    void refusesABlockWithAWrongChecksum() {
        byte[] content = words(1000);
        byte[] compressed = FilterProgram.run(content, "lz4", "-cq", "-BX");
        compressed[compressed.length - 9]++; // block checksum, end mark, content checksum

        assertThatThrownBy(() -> decompress(compressed))
                .hasMessage("lz4 stream is damaged: a block has another checksum than it says");
    }

    @Test
    void refusesAFrameThatNeedsADictionary() {
        byte[] header = {0x04, 0x22, 0x4d, 0x18, 0x61, 0x40, 0, 0};

        assertThatThrownBy(() -> decompress(header)).isInstanceOf(IOException.class);
    }

    private static byte[] words(int size) {
        var random = new Random(1);
        var text = new StringBuilder(size + 16);
        while (text.length() < size) {
            text.append(Integer.toString(random.nextInt(5000), 36)).append(' ');
        }
        return Arrays.copyOf(text.toString().getBytes(US_ASCII), size);
    }
}
