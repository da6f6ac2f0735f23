package org.matriarch.core.recovery.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ThrottleTest {

    @Test
    void spacesBytesEvenly() {
        var throttle = new Throttle(1024);
        long now = System.nanoTime();

        assertThat(throttle.reserve(1 << 20, now)).isLessThanOrEqualTo(Duration.ZERO.plusMillis(1));
        assertThat(throttle.reserve(1 << 19, now)).isBetween(Duration.ofMillis(990), Duration.ofMillis(1001));
        assertThat(throttle.reserve(1, now)).isBetween(Duration.ofMillis(1490), Duration.ofMillis(1501));
    }

    @Test
    void doesNotHoldUpWithoutALimit() throws InterruptedException {
        var throttle = new Throttle(0);

        throttle.take(Integer.MAX_VALUE);
        throttle.take(Integer.MAX_VALUE);
    }

    @Test
    void letsTheFirstBytesPassAtOnce() throws InterruptedException {
        new Throttle(1).take(1);
    }
}
