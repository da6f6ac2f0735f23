package org.matriarch.core.monitor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AlarmTest {

    @Test
    void interruptsWhoIsStillAtIt() {
        try (var alarm = new Alarm()) {
            alarm.ring();

            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void leavesAloneWhoIsThrough() {
        var alarm = new Alarm();
        alarm.close();

        alarm.ring();

        assertThat(Thread.interrupted()).isFalse();
    }
}
