package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class WordsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 seconds",
        "-3, 0 seconds",
        "1, 1 second",
        "61, 1 minute 1 second",
        "3600, 1 hour",
        "3602, 1 hour 2 seconds",
        "273906, 3 days 4 hours",
    })
    void tellsAges(long seconds, String words) {
        assertThat(Words.age(Duration.ofSeconds(seconds))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 bytes",
        "1, 1 byte",
        "1023, 1023 bytes",
        "1536, 1.5 KiB",
        "16777216, 16.0 MiB",
        "1099511627776, 1.0 TiB",
        "1125899906842624, 1024.0 TiB",
    })
    void tellsSizes(long bytes, String words) {
        assertThat(Words.size(bytes)).isEqualTo(words);
    }
}
