package org.matriarch.core.repository.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What Python's {@code repr}, {@code str} of a datetime, and {@code ast.literal_eval} do. */
final class PythonLiteralTest {

    @Test
    void quotesAsReprDoes() {
        assertThat(PythonLiteral.quote("plain")).isEqualTo("'plain'");
        assertThat(PythonLiteral.quote("it's")).isEqualTo("\"it's\"");
        assertThat(PythonLiteral.quote("it's \"so\"")).isEqualTo("'it\\'s \"so\"'");
        assertThat(PythonLiteral.quote("a\tb\r\n\\")).isEqualTo("'a\\tb\\r\\n\\\\'");
        assertThat(PythonLiteral.quote("\u0001\u007f\u00a0\u00ad\u00e4\u20ac"))
                .isEqualTo("'\\x01\\x7f\\xa0\\xad\u00e4\u20ac'");
    }

    @Test
    void readsLiterals() {
        assertThat(PythonLiteral.parse("[('a', 1, \"b'\"), ]")).isEqualTo(List.of(List.of("a", 1L, "b'")));
        assertThat(PythonLiteral.parse("(u'x', -5L)")).isEqualTo(List.of("x", -5L));
        assertThat(PythonLiteral.parse("[]")).isEqualTo(List.of());
        assertThat(PythonLiteral.parse(" None ")).isNull();
        assertThat(PythonLiteral.parse("'\\x41\\u00e4\\U0001F418\\n\\r\\t\\\\\\'\\\"\\d'"))
                .isEqualTo("A\u00e4\uD83D\uDC18\n\r\t\\'\"\\d");
    }

    @Test
    void refusesWhatIsNoLiteral() {
        for (String text :
                List.of("", "[1", "[1 2]", "'open", "{}", "import os", "'\\x4", "1 2", "u", "uX", "-", "'\\xzz'")) {
            assertThatThrownBy(() -> PythonLiteral.parse(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void readsAndWritesTimes() {
        Instant whole = Instant.parse("2026-11-20T11:30:30Z");

        assertThat(PythonTime.format(whole, ZoneOffset.UTC)).isEqualTo("2026-11-20 11:30:30+00:00");
        assertThat(PythonTime.format(whole.plusNanos(180_268_999), Samples.ZONE))
                .isEqualTo("2026-11-20 12:30:30.180268+01:00");
        for (String text : List.of(
                "2026-11-20 11:30:30+00:00",
                "2026-11-20T11:30:30Z",
                "2026-11-20 06:30:30-05",
                "2026-11-20 17:00:30+0530",
                "2026-11-20 12:30:30",
                "Fri Nov 20 12:30:30 2026")) {
            assertThat(PythonTime.parse(text, Samples.ZONE)).as(text).isEqualTo(whole);
        }
        assertThat(PythonTime.parse("Sat Nov  7 12:30:30 2026", ZoneOffset.UTC)).hasToString("2026-11-07T12:30:30Z");
        for (String text : List.of("yesterday", "2026-13-20 11:30:30", "2026-11-20 11:30:30+99")) {
            assertThatThrownBy(() -> PythonTime.parse(text, Samples.ZONE))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'%s' is not a time".formatted(text));
        }
    }
}
