package org.matriarch.transport.rsync.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.transport.TransportException;

/** Reads what rsync prints. */
class ListedTest {

    @Test
    void readsALine() throws TransportException {
        assertThat(Listed.parse("pg", "-rwxr-S--t  1,073,741,824 2026/02/28 16:35:12 base/1/ a \\#303\\#244\\#134#101"))
                .isEqualTo(new Listed('-', 0741, 1L << 30, Instant.parse("2026-02-28T16:35:12Z"), "base/1/ a ä\\#101"));
    }

    @Test
    void refusesWhatItCannotRead() {
        assertThatThrownBy(() -> Listed.parse("pg", "Welcome"))
                .hasMessage("rsync lists a file of host 'pg' in a way that cannot be read: 'Welcome'");
        assertThatThrownBy(() -> Listed.parse("pg", "-rw-------  1 2026/02/28 16:35:12 bad\\#377"))
                .hasMessage("host 'pg' has a file whose name is not UTF-8: 'bad\\#377'");
    }

    @Test
    void readsVersions() {
        assertThat(RsyncVersion.of(List.of("rsync  version 3.2.7  protocol version 32")))
                .contains(new RsyncVersion(3, 2, "3.2.7"));
        assertThat(RsyncVersion.of(List.of("rsync  version 3.0.9  protocol version 30"))
                        .orElseThrow()
                        .suffices())
                .isFalse();
        assertThat(RsyncVersion.of(List.of("rsync  version v3.4.1  protocol version 32"))
                        .orElseThrow()
                        .suffices())
                .isTrue();
        assertThat(RsyncVersion.of(List.of("openrsync: protocol version 29"))).isEmpty();
        assertThat(RsyncVersion.of(List.of())).isEmpty();
    }
}
