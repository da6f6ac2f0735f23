package org.matriarch.shell.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TargetTimeTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void readsAMomentWithItsZone() {
        Instant noon = Instant.parse("2026-11-20T12:00:00Z");
        for (String text : List.of(
                "2026-11-20T12:00:00Z",
                "2026-11-20 12:00:00 UTC",
                "2026-11-20 13:00:00+01",
                "2026-11-20 13:00:00 +0100",
                "2026-11-20t13:00+01:00",
                "2026-11-20 13:00:00 Europe/Berlin",
                "2026-11-20 08:30:00-03:30")) {
            TargetTime time = TargetTime.parse(text, BERLIN);

            assertThat(time.time()).as(text).isEqualTo(noon);
            assertThat(time.assumedZone()).isEmpty();
        }
    }

    @Test
    void readsMicroseconds() {
        assertThat(TargetTime.parse("2026-11-20 12:00:00.123456Z", BERLIN).time())
                .isEqualTo(Instant.parse("2026-11-20T12:00:00.123456Z"));
    }

    @Test
    void takesTheHostsZoneIfThereIsNoneAndSaysSo() {
        TargetTime time = TargetTime.parse("2026-11-20 12:00:00", BERLIN);

        assertThat(time.time()).isEqualTo(Instant.parse("2026-11-20T11:00:00Z"));
        assertThat(time.assumedZone()).contains(BERLIN);
    }

    @Test
    void refusesAMomentThatIsTwoOrNone() {
        assertThatThrownBy(() -> TargetTime.parse("2026-10-25 02:30:00", BERLIN))
                .hasMessageContaining("'2026-10-25 02:30:00' is ambiguous in Europe/Berlin: the clock was put back");
        assertThatThrownBy(() -> TargetTime.parse("2026-03-29 02:30:00", BERLIN))
                .hasMessageContaining("does not exist in Europe/Berlin: the clock was put forward");
    }

    @Test
    void refusesWhatIsNoMoment() {
        for (String text : List.of(
                "",
                "now",
                "2026-11-20",
                "12:00",
                "11/12/2026 12:00",
                "2026-02-30 12:00",
                "2026-11-20 25:00",
                "2026-11-20 12:00 CST",
                "2026-11-20 12:00 Mars/Base",
                "2026-11-20 12:00+99")) {
            assertThatThrownBy(() -> TargetTime.parse(text, BERLIN)).as(text).hasMessageStartingWith("MATR-1003: ");
        }
    }
}
