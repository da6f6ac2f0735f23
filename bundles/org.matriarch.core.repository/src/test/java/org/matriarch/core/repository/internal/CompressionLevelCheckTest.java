package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.spi.compression.Compressor;

final class CompressionLevelCheckTest {

    private final Compressors compressors = new Compressors();
    private final CompressionLevelCheck check = new CompressionLevelCheck(compressors);

    @Test
    void saysThatTheCompressorRefusesTheLevel() {
        compressors.addCompressor(new Samples.Gzip());

        assertThat(check.check(server("gzip", "99")))
                .containsExactly(new CheckResult(
                        "compression level",
                        Outcome.FAILED,
                        "compressor 'gzip' refuses '99': level 99 is not from 1 to 9",
                        "correct 'compression_level' of server 'main'; no WAL can be archived meanwhile."));
    }

    @Test
    void isContentWithALevelThatTheCompressorTakes() {
        compressors.addCompressor(new Samples.Gzip());

        for (String level : List.of("1", "9", "low", "medium", "high")) {
            assertThat(check.check(server("gzip", level)))
                    .containsExactly(new CheckResult("compression level", Outcome.OK, level, ""));
        }
    }

    @Test
    void leavesToOthersWhatIsNoQuestionOfTheLevel() {
        compressors.addCompressor(new Samples.Gzip());
        compressors.addCompressor(new Broken());

        assertThat(check.check(server("gzip", ""))).isEmpty();
        assertThat(check.check(server("none", "3"))).isEmpty();
        assertThat(check.check(server("xz", "3"))).isEmpty();
        assertThat(check.check(server("broken", "3"))).isEmpty();
    }

    private static ServerConfiguration server(String compression, String level) {
        return Samples.server(
                Path.of("/srv/matriarch/main"),
                new ServerConfiguration.RepositorySettings(
                        "default",
                        "plain",
                        compression,
                        Optional.of(level).filter(text -> !text.isEmpty()),
                        0,
                        Optional.empty()));
    }

    /** A codec whose program is not there. */
    private static final class Broken implements Compressor {

        @Override
        public String id() {
            return "broken";
        }

        @Override
        public byte[] magic() {
            return new byte[] {1, 2, 3};
        }

        @Override
        public OutputStream compress(OutputStream out, OptionalInt level) throws IOException {
            throw new IOException("no such program");
        }

        @Override
        public InputStream decompress(InputStream in) throws IOException {
            throw new IOException("no such program");
        }
    }
}
