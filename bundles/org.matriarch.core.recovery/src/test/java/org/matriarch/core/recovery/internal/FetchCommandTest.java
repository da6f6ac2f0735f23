package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FetchCommandTest {

    @Test
    void saysWhereTheContainerKeepsItsData() {
        assertThat(new FetchCommand("/opt/matriarch", "/srv/my data").forServer("main"))
                .isEqualTo("MATRIARCH_DATA='/srv/my data' '/opt/matriarch/bin/matriarch-wal-fetch' 'main' %f %p");
    }

    @Test
    void quotesWhatAShellOrPostgresWouldRead() {
        assertThat(new FetchCommand("/opt/it's 100%", "/opt/it's 100%").forServer("main"))
                .isEqualTo("'/opt/it'\\''s 100%%/bin/matriarch-wal-fetch' 'main' %f %p");
    }
}
