package org.matriarch.core.wal.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KnownRefusalsTest {

    private final KnownRefusals known = new KnownRefusals();

    @Test
    void tellsServersNamesAndReasonsApart() {
        assertThat(known.isNews("main", "a", "because")).isTrue();
        assertThat(known.isNews("main", "a", "because")).isFalse();
        assertThat(known.isNews("other", "a", "because")).isTrue();
        assertThat(known.isNews("main", "b", "because")).isTrue();
        assertThat(known.isNews("main", "a", "for another reason")).isTrue();
        assertThat(known.isNews("main", "a", "because")).isTrue();
    }

    @Test
    void forgetsWhatWasTaken() {
        known.isNews("main", "a", "because");
        known.taken("main", "a");

        assertThat(known.isNews("main", "a", "because")).isTrue();
    }

    @Test
    void forgetsWhatWasNotRefusedForTheLongestTime() {
        known.isNews("main", "first", "because");
        known.isNews("main", "second", "because");
        for (int i = 0; i < 998; i++) {
            known.isNews("main", "file" + i, "because");
        }
        assertThat(known.isNews("main", "first", "because")).isFalse();

        known.isNews("main", "one more", "because");

        assertThat(known.isNews("main", "first", "because")).isFalse();
        assertThat(known.isNews("main", "second", "because")).isTrue();
    }

    @Test
    void remembersTheBeginningOfLongNames() {
        String name = "x".repeat(100_000);

        assertThat(known.isNews("main", name, name)).isTrue();
        assertThat(known.isNews("main", name, name)).isFalse();
    }
}
