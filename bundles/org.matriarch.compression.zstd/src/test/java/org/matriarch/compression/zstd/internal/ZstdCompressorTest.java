package org.matriarch.compression.zstd.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;
import org.matriarch.testkit.compression.FilterProgram;

final class ZstdCompressorTest extends CompressorContract {

    private static final int DESCRIPTOR = 4;
    private static final int CHECKSUM_FLAG = 0x04;

    private final Compressor compressor = new ZstdCompressor();

    @Override
    protected Compressor compressor() {
        return compressor;
    }

    @Override
    protected List<Integer> levels() {
        return List.of(-131_072, -7, 1, 3, 19, 22);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-131_073, 23);
    }

    @Test
    void hasALevelForEachWord() {
        assertThat(Arrays.stream(Compressor.Effort.values())
                        .map(effort -> compressor().level(effort).orElseThrow()))
                .containsExactly(1, 4, 9);
    }

    @Test
    void writesAChecksumOfTheContent() throws IOException {
        assertThat(compress(new byte[1000])[DESCRIPTOR] & CHECKSUM_FLAG).isNotZero();
    }

    @Test
    void noticesContentThatDoesNotFitItsChecksum() throws IOException {
        byte[] compressed = compress("content".getBytes(US_ASCII));
        compressed[compressed.length - 1]++;

        assertThatThrownBy(() -> decompress(compressed)).hasMessageContaining("checksum");
    }

    @Test
    void isReadByTheProgram() throws IOException {
        byte[] content = "as the program sees it".repeat(1000).getBytes(US_ASCII);

        assertThat(FilterProgram.run(compress(content), "zstd", "-dcq")).isEqualTo(content);
    }

    @Test
    void readsWhatTheProgramWrote() throws IOException {
        byte[] content = "as the program writes it".repeat(1000).getBytes(US_ASCII);

        assertThat(decompress(FilterProgram.run(content, "zstd", "-19cq"))).isEqualTo(content);
        assertThat(decompress(FilterProgram.run(content, "zstd", "-cq", "--no-check")))
                .isEqualTo(content);
    }
}
