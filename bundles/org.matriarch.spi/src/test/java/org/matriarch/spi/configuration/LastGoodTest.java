package org.matriarch.spi.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

final class LastGoodTest {

    private static final String FILE = "felix.fileinstall.filename";

    @Test
    void goesOnWithTheLastGoodSettingsUntilTheNextGoodOnes() {
        var settings = new LastGood<>(1, LastGoodTest::width);

        assertThat(settings.change(Map.of("width", "wide", FILE, "file:/opt/etc/org.example-a.cfg")))
                .isFalse();
        assertThat(settings.inForce()).isEqualTo(1);
        assertThat(settings.refused())
                .contains("'etc/org.example-a.cfg' is refused, and what was in force before stays so: width = 'wide'");

        assertThat(settings.change(Map.of("width", "2"))).isTrue();
        assertThat(settings.inForce()).isEqualTo(2);
        assertThat(settings.refused()).isEmpty();
    }

    @Test
    void beginsWithoutSettingsIfTheFirstCannotWork() {
        Map<String, String> broken = Map.of("width", "wide", FILE, "file:/etc/a.cfg");
        var settings = LastGood.of(broken, LastGoodTest::width);

        assertThat(settings.isInForce()).isFalse();
        assertThat(settings.refused())
                .contains("'etc/a.cfg' is refused, and nothing of it is in force: width = 'wide'");
        assertThatThrownBy(settings::inForce)
                .hasMessageStartingWith("MATR-1001: 'etc/a.cfg' is refused, and nothing of it is in force");

        assertThat(settings.change(Map.of("width", "2"))).isTrue();
        assertThat(settings.isInForce()).isTrue();
        assertThat(settings.inForce()).isEqualTo(2);
        assertThat(settings.change(broken)).isFalse();
        assertThat(settings.inForce()).isEqualTo(2);
    }

    @Test
    void namesTheConfigurationThatHasNoFile() {
        var settings = new LastGood<>(1, LastGoodTest::width);

        settings.change(Map.of("width", "wide", "service.pid", "org.example~a"));
        assertThat(settings.refused())
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("'org.example~a' is refused"));

        settings.change(Map.of("width", "wide"));
        assertThat(settings.refused())
                .hasValueSatisfying(reason -> assertThat(reason).startsWith("'a configuration' is refused"));
    }

    @Test
    void refusesAKeyThatThereIsNot() {
        Map<String, Object> properties = Map.of(
                "org.example.id", "a", "witdh", 1, "service.pid", "x", "component.id", 1L, FILE, "file:/etc/a.cfg");

        assertThatThrownBy(() -> LastGood.requireKnown("an example", properties, List.of("org.example.id", "width")))
                .hasMessage("MATR-1001: 'witdh' is not a key of an example; the keys are org.example.id, width%n"
                                .formatted()
                        + "HINT: correct or remove 'witdh' in 'etc/a.cfg'.");
        LastGood.requireKnown("an example", properties, List.of("org.example.id", "witdh"));
    }

    @Test
    void takesWhatTheContainerAddsForNoKeyOfItsOwn() {
        Map<String, Object> properties = Map.of(
                "component.name", "x",
                "service.factoryPid", "x",
                "osgi.ds.satisfying.condition.target", "(osgi.condition.id=true)",
                "org.apache.karaf.features.configKey", "x",
                "archive.target", "(id=x)");

        assertThatCode(() -> LastGood.requireKnown("an example", properties, List.of()))
                .doesNotThrowAnyException();
    }

    private static int width(Map<String, ?> properties) {
        try {
            return Integer.parseInt(String.valueOf(properties.get("width")));
        } catch (NumberFormatException e) {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID, "width = '%s'".formatted(properties.get("width")), "mend it.", e);
        }
    }
}
