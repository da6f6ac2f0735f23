package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.MatriarchException;

/** Content and the checksum behind it are told apart wherever the pieces end in which they arrive. */
final class SummedContentTest {

    private static final String SUM = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 65_535, 65_536, 65_537, 200_000})
    void yieldsTheContentAndThenTheChecksum(int length) throws IOException {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);

        for (int most : new int[] {1, 63, 64, 65, 1 << 20}) {
            var summed = new SummedContent("a", new Pieces(new ByteArrayInputStream(joined(content)), most));

            assertThat(summed.readAllBytes()).isEqualTo(content);
            assertThat(summed.read()).isEqualTo(-1);
            assertThat(summed.sha256()).isEqualTo(SUM);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63})
    void yieldsNothingOfWhatIsTooShort(int length) throws IOException {
        var summed = new SummedContent("a", new ByteArrayInputStream(new byte[length]));

        assertThat(summed.readAllBytes()).isEmpty();
        assertThatThrownBy(summed::sha256)
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("no checksum came after it");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void skipsContentAlone(int count) throws IOException {
        byte[] content = new byte[200_000];
        new Random(1).nextBytes(content);
        var summed = new SummedContent("a", new ByteArrayInputStream(joined(content)));

        summed.skipNBytes(count);

        assertThat(summed.read()).isEqualTo(content[count] & 0xff);
        summed.skipNBytes(content.length - count - 1);
        assertThat(summed.available()).isZero();
        assertThat(summed.read()).isEqualTo(-1);
        assertThat(summed.sha256()).isEqualTo(SUM);
    }

    private static byte[] joined(byte[] content) {
        var joined = new ByteArrayOutputStream();
        joined.writeBytes(content);
        joined.writeBytes(SUM.getBytes(US_ASCII));
        return joined.toByteArray();
    }

    /** Yields so many bytes at a time at most. */
    private static final class Pieces extends FilterInputStream {

        private final int most;

        Pieces(InputStream in, int most) {
            super(in);
            this.most = most;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return super.read(target, offset, Math.min(length, most));
        }
    }
}
