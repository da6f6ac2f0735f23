package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.compression.Compressor;

/** Which compressor a file is taken to be of. */
final class CompressorsTest {

    private static final String GZIP = "1f8b0800000000000003";

    private final Compressors compressors = new Compressors();

    @Test
    void namesWellKnownCodecsThatAreNotInstalled() {
        assertThat(recognised("fd377a585a000004e6d6b446")).contains("xz");
        assertThat(recognised("ff060000734e61507059")).contains("snappy");
        assertThat(recognised("00112233445566")).isEmpty();
        assertThat(recognised("1f")).isEmpty();
    }

    @Test
    void takesWalForWalWhateverAnyMagicNumberSays() {
        compressors.addCompressor(new Known("mine", "16d1"));

        assertThat(recognised("16d1020001000000")).isEmpty();
    }

    @Test
    void prefersAWellKnownCodecToACommandOfTheSameMagicNumber() {
        List<Compressor> both = List.of(new Known("pigz", "1f8b08"), new Known("gzip", "1f8b08"));
        both.forEach(compressors::addCompressor);
        assertThat(recognised(GZIP)).contains("gzip");

        compressors.removeCompressor(both.get(1));
        assertThat(recognised(GZIP)).contains("pigz");
    }

    @Test
    void prefersTheLongestMagicNumber() {
        for (String id : List.of("a", "b", "c")) {
            compressors.addCompressor(new Known(id, GZIP.substring(0, id.equals("b") ? 8 : 6)));
        }

        assertThat(recognised(GZIP)).contains("b");
    }

    private Optional<String> recognised(String head) {
        return compressors.recognise(Arrays.copyOf(HexFormat.of().parseHex(head), head.length() / 2));
    }

    /** A codec that is only looked at. */
    private record Known(String id, String hex) implements Compressor {

        @Override
        public byte[] magic() {
            return HexFormat.of().parseHex(hex);
        }

        @Override
        public OutputStream compress(OutputStream out, OptionalInt level) {
            throw new UnsupportedOperationException();
        }

        @Override
        public InputStream decompress(InputStream in) {
            throw new UnsupportedOperationException();
        }
    }
}
