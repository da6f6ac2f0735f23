package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class FetchCommandTest {

    @Test
    void quotesWhatAShellOrPostgresWouldRead() {
        assertThat(FetchCommand.of("/opt/it's 100%").forServer("main"))
                .isEqualTo("'/opt/it'\\''s 100%%/bin/matriarch-wal-fetch' 'main' %f %p");
    }
}
