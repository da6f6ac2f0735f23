package org.matriarch.http.internal.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ToldRefusalsTest {

    private static final String REQUEST = "PUT /v1/wal/main/000000010000000000000002 from 192.0.2.7";

    private final ToldRefusals told = new ToldRefusals();

    @Test
    void tellsEachReasonOnce() {
        assertThat(told.isNews(REQUEST, "the token is wrong")).isTrue();
        assertThat(told.isNews(REQUEST, "the token is wrong")).isFalse();
        assertThat(told.isNews(REQUEST, "no room")).isTrue();
        assertThat(told.isNews(REQUEST + "0", "no room")).isTrue();

        told.forget(REQUEST);

        assertThat(told.isNews(REQUEST, "no room")).isTrue();
    }

    @Test
    void remembersAsManyAsItHasRoomFor() {
        for (int i = 0; i <= 1000; i++) {
            assertThat(told.isNews("request " + i, "because")).isTrue();
        }

        assertThat(told.isNews("request 1000", "because")).isFalse();
        assertThat(told.isNews("request 0", "because")).isTrue();
        String path = "/x".repeat(100_000);
        assertThat(told.isNews(path, path)).isTrue();
        assertThat(told.isNews(path, path)).isFalse();
    }
}
