package org.matriarch.core.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class InterpolationTest {

    private static final Map<String, String> VALUES =
            Map.of("home", "/srv", "dir", "%(HOME)s/pg", "self", "%(self)s", "odd", "100%");

    @Test
    void followsReferences() {
        assertThat(resolve("cp %(dir)s/x $1 \\")).isEqualTo("cp /srv/pg/x $1 \\");
        assertThat(resolve("date +%%Y")).isEqualTo("date +%Y");
        assertThat(resolve("")).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithOne() {
        assertThatThrownBy(() -> resolve("%(nowhere)s")).hasMessage("refers to %(nowhere)s, which has no value");
        assertThatThrownBy(() -> resolve("%(self)s"))
                .hasMessage("refers to itself, or goes through more than 10 options");
        String stray = "has a % that neither refers to an option, as %(name)s does, nor is doubled";
        assertThatThrownBy(() -> resolve("%(odd)s")).hasMessage(stray);
        assertThatThrownBy(() -> resolve("date +%Y")).hasMessage(stray);
        assertThatThrownBy(() -> resolve("%(home)d")).hasMessage(stray);
        assertThatThrownBy(() -> Interpolation.resolve("%(x)s", name -> Optional.of("y" + "%(x)s".repeat(100))))
                .hasMessageStartingWith("refers to itself, or goes");
        assertThatThrownBy(() -> Interpolation.resolve("%(x)s".repeat(1000), name -> Optional.of("y".repeat(100))))
                .hasMessage("becomes longer than 65536 characters");
    }

    private static String resolve(String raw) {
        return Interpolation.resolve(raw, name -> Optional.ofNullable(VALUES.get(name)));
    }
}
