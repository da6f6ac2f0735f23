package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.compression.Compressor;
import org.matriarch.spi.configuration.Reconfigurable;

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

    @Test
    void passesOverACompressorUntilAConfigurationOfItCanWork() {
        var waiting = new Changing("", "0102");
        compressors.addCompressor(waiting);
        compressors.updatedCompressor(waiting);
        assertThat(recognised("0102")).isEmpty();
        assertThatThrownBy(() -> compressors.require("", "look")).isInstanceOf(MatriarchException.class);

        waiting.become("one", "0102");
        compressors.updatedCompressor(waiting);

        assertThat(compressors.require("one", "look")).isSameAs(waiting);
        assertThat(recognised("0102")).contains("one");
    }

    @Test
    void followsACompressorThatIsConfiguredAnew() {
        var changing = new Changing("one", "0102");
        compressors.addCompressor(changing);

        changing.become("two", "0304");
        compressors.updatedCompressor(changing);

        assertThat(compressors.require("two", "look")).isSameAs(changing);
        assertThatThrownBy(() -> compressors.require("one", "look")).isInstanceOf(MatriarchException.class);
        assertThat(recognised("0304")).contains("two");
        assertThat(recognised("0102")).isEmpty();

        changing.become("two", "0506");
        compressors.updatedCompressor(changing);
        compressors.updatedCompressor(changing);
        assertThat(recognised("0506")).contains("two");
        compressors.removeCompressor(changing);
        assertThat(recognised("0506")).isEmpty();
    }

    private Optional<String> recognised(String head) {
        return compressors.recognise(Arrays.copyOf(HexFormat.of().parseHex(head), head.length() / 2));
    }

    /** A codec whose name and magic number change. */
    private static final class Changing implements Compressor, Reconfigurable {

        private Known now;

        Changing(String id, String hex) {
            now = new Known(id, hex);
        }

        void become(String id, String hex) {
            now = new Known(id, hex);
        }

        @Override
        public Optional<String> refused() {
            return isInForce() ? Optional.empty() : Optional.of("broken");
        }

        @Override
        public boolean isInForce() {
            return !now.id().isEmpty();
        }

        @Override
        public String id() {
            return now.id();
        }

        @Override
        public byte[] magic() {
            return now.magic();
        }

        @Override
        public OutputStream compress(OutputStream out, OptionalInt level) {
            return now.compress(out, level);
        }

        @Override
        public InputStream decompress(InputStream in) {
            return now.decompress(in);
        }
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
