package org.matriarch.compression.gzip.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.testkit.compression.CompressorContract;
import org.matriarch.testkit.compression.FilterProgram;

final class GzipCompressorTest extends CompressorContract {

    private static final int FLAGS = 3;
    private static final int HEADER_BYTES = 10;

    @Override
    protected Compressor compressor() {
        return new GzipCompressor();
    }

    @Override
    protected List<Integer> levels() {
        return List.of(1, 6, 9);
    }

    @Override
    protected List<Integer> wrongLevels() {
        return List.of(-1, 0, 10);
    }

    @Test
    void hasALevelForEachWord() {
        assertThat(Arrays.stream(Compressor.Effort.values())
                        .map(effort -> compressor().level(effort).orElseThrow()))
                .containsExactly(1, 6, 9);
    }

    @Test
    void isReadByTheProgram() throws IOException {
        byte[] content = "as the program sees it".repeat(1000).getBytes(US_ASCII);

        assertThat(FilterProgram.run(compress(content), "gzip", "-dc")).isEqualTo(content);
    }

    @Test
    void readsWhatTheProgramWrote() throws IOException {
        byte[] content = "as the program writes it".repeat(1000).getBytes(US_ASCII);

        assertThat(decompress(FilterProgram.run(content, "gzip", "-9c"))).isEqualTo(content);
    }

    @Test
    void readsPastTheOptionalFieldsOfAHeader() throws IOException {
        byte[] optional = {3, 0, 'a', 'b', 'c', 'n', 'a', 'm', 'e', 0, 'n', 'o', 't', 'e', 0};

        assertThat(decompress(withFields(0x1e, optional))).asString(US_ASCII).isEqualTo("content");
    }

    @Test
    void refusesAHeaderWithAWrongChecksum() throws IOException {
        byte[] wrong = withFields(0x02, new byte[0]);
        wrong[HEADER_BYTES]++;

        assertThatThrownBy(() -> decompress(wrong))
                .hasMessageContaining("gzip stream is damaged: its header has another checksum than it says");
    }

    @Test
    void refusesFlagsThatNobodyKnows() throws IOException {
        byte[] unknown = compress("content".getBytes(US_ASCII));
        unknown[FLAGS] = 0x20;

        assertThatThrownBy(() -> decompress(unknown))
                .hasMessageContaining("gzip stream is damaged: unknown flags 0x20");
    }

    /** Returns a member whose header has optional fields, followed by the header's checksum. */
    private byte[] withFields(int flags, byte[] optional) throws IOException {
        byte[] plain = compress("content".getBytes(US_ASCII));
        plain[FLAGS] = (byte) flags;
        var crc = new CRC32();
        crc.update(plain, 0, HEADER_BYTES);
        crc.update(optional);
        var bytes = new ByteArrayOutputStream();
        bytes.write(plain, 0, HEADER_BYTES);
        bytes.writeBytes(optional);
        bytes.write((int) crc.getValue());
        bytes.write((int) crc.getValue() >> 8);
        bytes.write(plain, HEADER_BYTES, plain.length - HEADER_BYTES);
        return bytes.toByteArray();
    }
}
