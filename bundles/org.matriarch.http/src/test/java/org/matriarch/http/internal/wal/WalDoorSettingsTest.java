package org.matriarch.http.internal.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

final class WalDoorSettingsTest {

    @Test
    void listensOnLoopbackUnlessToldOtherwise() {
        WalDoorSettings usual = WalDoorSettings.usual();

        assertThat(usual.port()).isEqualTo(OptionalInt.of(7681));
        assertThat(usual.listen().isLoopbackAddress()).isTrue();
        assertThat(usual.tls()).isEmpty();
    }

    @Test
    void canBeSwitchedOff() {
        assertThat(WalDoorSettings.of(Map.of("wal_port", "off")).port()).isEmpty();
    }

    @Test
    void takesAnUrlWithoutItsLastSlash() {
        assertThat(WalDoorSettings.of(Map.of("wal_url", "http://tunnel:80/")).url())
                .contains("http://tunnel:80");
    }

    @Test
    void refusesWhatCannotBe() {
        assertRefused(Map.of("wal_prot", "1"), "unknown key 'wal_prot'; the keys are port, metrics, wal_port,");
        assertRefused(
                Map.of("wal_port", "on"), "value 'on' of key 'wal_port' is not a number from 0 to 65535, or 'off'");
        assertRefused(Map.of("wal_port", "65536"), "is not a number from 0 to 65535");
        assertRefused(
                Map.of("wal_listen", "example.org"),
                "value 'example.org' of key 'wal_listen' is not a numeric IPv4 or IPv6 address");
        assertRefused(Map.of("wal_listen", "1.2.3.456"), "is not a numeric IPv4 or IPv6 address");
        assertRefused(Map.of("wal_url", "ftp://x"), "value 'ftp://x' of key 'wal_url' is not of the form http://");
        assertRefused(Map.of("wal_url", "http://a b"), "is not of the form http://host:port");
        assertRefused(Map.of("tls_key", "/x"), "'tls_certificate' and 'tls_key' only go together");
        assertRefused(Map.of("tls_certificate", "x", "tls_key", "y"), "is not an absolute path");
    }

    @Test
    void letsNoOtherHostInWithoutTls() {
        assertRefused(
                Map.of("wal_listen", "0.0.0.0"),
                "value '0.0.0.0' of key 'wal_listen' lets other hosts in, so 'tls_certificate' and 'tls_key' are required");
        assertRefused(Map.of("wal_listen", "::"), "lets other hosts in");
        assertThat(WalDoorSettings.of(Map.of("wal_listen", "::", "tls_certificate", "/c", "tls_key", "/k"))
                        .tls())
                .isPresent();
    }

    private static void assertRefused(Map<String, String> properties, String reason) {
        assertThatThrownBy(() -> WalDoorSettings.of(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
