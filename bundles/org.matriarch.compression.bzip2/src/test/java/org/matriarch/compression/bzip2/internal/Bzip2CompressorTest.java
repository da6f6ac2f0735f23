package org.matriarch.compression.bzip2.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;
import org.matriarch.testkit.compression.FilterProgram;

final class Bzip2CompressorTest extends CompressorContract {

    @Override
    protected Compressor compressor() {
        return new Bzip2Compressor();
    }

    @Override
    protected List<Integer> levels() {
        return List.of(1, 5, 9);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-1, 0, 10);
    }

    @Test
    void hasALevelForEachWord() {
        assertThat(Arrays.stream(Compressor.Effort.values())
                        .map(effort -> compressor().level(effort).orElseThrow()))
                .containsExactly(1, 5, 9);
    }

    @Test
    void isReadByTheProgram() throws IOException {
        byte[] content = "as the program sees it".repeat(1000).getBytes(US_ASCII);

        assertThat(FilterProgram.run(compress(content), "bzip2", "-dc")).isEqualTo(content);
    }

    @Test
    void readsWhatTheProgramWrote() throws IOException {
        byte[] content = "as the program writes it".repeat(1000).getBytes(US_ASCII);

        assertThat(decompress(FilterProgram.run(content, "bzip2", "-1c"))).isEqualTo(content);
    }
}
