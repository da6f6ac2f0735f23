package org.matriarch.core.server.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

final class DirectoryCheckTest {

    private static final long GIB = 1L << 30;

    @TempDir
    Path directory;

    @Test
    void tellsHowMuchRoomThereIs() throws IOException {
        CheckResult result = check(50 * GIB, 100 * GIB);

        assertThat(result.outcome()).isEqualTo(Outcome.OK);
        assertThat(result.detail()).isEqualTo("51200 MiB of 102400 MiB free in '%s'", directory.resolve("main"));
        try (var left = Files.list(directory.resolve("main"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void warnsOfLittleRoomAndFailsWithoutAny() {
        assertThat(check(9 * GIB, 100 * GIB).outcome()).isEqualTo(Outcome.WARNING);
        assertThat(check(11 * GIB, 1000 * GIB).outcome()).isEqualTo(Outcome.OK);
        assertThat(check(9 * GIB, 10 * GIB).outcome()).isEqualTo(Outcome.OK);
        assertThat(check(GIB / 32, 100 * GIB).outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void asksTheFileSystem() {
        CheckResult result =
                new DirectoryCheck().check(Samples.server(directory, 0)).get(0);

        assertThat(result.detail()).contains("MiB free in");
    }

    @Test
    void failsWhereItCannotWrite() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "", UTF_8);

        CheckResult result = new DirectoryCheck().check(Samples.server(file, 0)).get(0);

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.detail()).startsWith("unable to write to '%s'".formatted(file.resolve("main")));
    }

    private CheckResult check(long usable, long total) {
        return new DirectoryCheck(path -> new long[] {usable, total})
                .check(Samples.server(directory, 0))
                .get(0);
    }
}
