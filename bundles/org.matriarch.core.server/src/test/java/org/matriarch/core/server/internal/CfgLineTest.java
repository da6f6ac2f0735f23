package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class CfgLineTest {

    @Test
    void isReadAsTheValueThatWasMeant() throws IOException {
        String odd = "a\\b\tc\nd \u00e9\u20ac\u0001~";

        String line = CfgLine.of("key", odd);

        assertThat(line).isEqualTo("key = a\\\\b\\tc\\nd \\u00e9\\u20ac\\u0001~");
        var read = new Properties();
        read.load(new StringReader(line));
        assertThat(read).containsEntry("key", odd);
        assertThat(CfgLine.of("key", "")).isEqualTo("key =");
        assertThat(CfgLine.comment("a\nb")).isEqualTo("# a\\nb");
    }
}
