package org.matriarch.compression.command.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.spi.compression.Compressor.Effort;

final class CommandSettingsTest {

    private static final Map<String, Object> GOOD = Map.of(
            "matriarch.compressor.id", "pigz",
            "compress", "pigz -c",
            "decompress", "pigz -dc",
            "magic", "1f8b08");

    @Test
    void splitsACommandIntoItsWords() {
        CommandSettings settings = CommandSettings.of(with("compress", " /opt/my/x 'a b' \"c 'd'\" '' --e=f "));

        assertThat(settings.compressAt(OptionalInt.empty())).containsExactly("/opt/my/x", "a b", "c 'd'", "", "--e=f");
    }

    @Test
    void putsTheLevelWhereItBelongs() {
        Map<String, Object> properties = with("compress", "pigz -{level} -c");
        properties.put("default_level", "6");
        CommandSettings settings = CommandSettings.of(properties);

        assertThat(settings.compressAt(OptionalInt.of(9))).containsExactly("pigz", "-9", "-c");
        assertThat(settings.compressAt(OptionalInt.empty())).containsExactly("pigz", "-6", "-c");
    }

    @Test
    void takesTheDefaultLevelForAWordUnlessToldOtherwise() {
        Map<String, Object> properties = with("compress", "pigz -{level} -c");
        properties.put("default_level", "6");
        properties.put("high_level", 11);
        CommandSettings settings = CommandSettings.of(properties);

        assertThat(settings.compressAt(settings.level(Effort.LOW))).containsExactly("pigz", "-6", "-c");
        assertThat(settings.compressAt(settings.level(Effort.MEDIUM))).containsExactly("pigz", "-6", "-c");
        assertThat(settings.compressAt(settings.level(Effort.HIGH))).containsExactly("pigz", "-11", "-c");
    }

    @Test
    void takesEveryWordThoughTheCommandHasOneLevelOnly() {
        CommandSettings settings = CommandSettings.of(GOOD);

        assertThat(settings.compressAt(settings.level(Effort.HIGH))).containsExactly("pigz", "-c");
    }

    @Test
    void waitsForAMinuteUnlessToldOtherwise() {
        assertThat(CommandSettings.of(GOOD).timeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(CommandSettings.of(with("timeout_seconds", 5)).timeout()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a | b", "a 2>&1", "a > b", "a && b", "a ; b", "a 'b", "a\"b\"", "x{level}"})
    void refusesACommandThatIsNone(String command) {
        assertThatThrownBy(() -> CommandSettings.of(with("compress", command))).isInstanceOf(MatriarchException.class);
    }

    @Test
    void namesTheKeyTheValueAndTheReason() {
        assertThatThrownBy(() -> CommandSettings.of(with("decompress", "a | b")))
                .hasMessageContaining(
                        "'decompress' of a command compressor is 'a | b', is run without a shell: put what"
                                + " needs one into a script")
                .hasMessageContaining("correct 'decompress' in etc/org.matriarch.compression.command-<name>.cfg.");
    }

    @ParameterizedTest
    @CsvSource({
        "matriarch.compressor.id, ''",
        "matriarch.compressor.id, none",
        "matriarch.compressor.id, a b",
        "magic, ''",
        "magic, 1f",
        "magic, 1f8",
        "magic, gzip",
        "timeout_seconds, 0",
        "timeout_seconds, soon",
        "default_level, 6",
        "high_level, 9"
    })
    void refusesValuesThatCannotWork(String key, String value) {
        assertThatThrownBy(() -> CommandSettings.of(with(key, value)))
                .isInstanceOf(MatriarchException.class)
                .hasMessageContaining("'%s' of a command compressor is '%s'".formatted(key, value));
    }

    @Test
    void keepsTheLastGoodConfiguration() {
        var compressor = new CommandCompressor(GOOD);

        compressor.modified(with("magic", "nonsense"));
        assertThat(compressor.magic()).containsExactly(0x1f, 0x8b, 0x08);
        assertThat(compressor.refused())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("'magic' of a command compressor is 'nonsense'"));
        compressor.modified(with("compres", "gzip"));
        assertThat(compressor.refused())
                .hasValueSatisfying(
                        reason -> assertThat(reason).contains("'compres' is not a key of a command compressor"));

        compressor.modified(with("magic", "0102"));
        assertThat(compressor.magic()).containsExactly(1, 2);
        assertThat(compressor.refused()).isEmpty();
    }

    private static Map<String, Object> with(String key, Object value) {
        var properties = new HashMap<String, Object>(GOOD);
        properties.put(key, value);
        return properties;
    }
}
