package org.matriarch.core.monitor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.event.Event;

final class SettlingTest {

    private final Settling settling = new Settling();

    /** What happens second by second: u(p), d(own), or nothing; and what is told. */
    @ParameterizedTest
    @CsvSource({
        "u...................., RECEIVER_UP@10",
        "d...................., RECEIVER_DOWN@10",
        "dudududu............., RECEIVER_UP@17",
        "u...........du......., RECEIVER_UP@10",
        "u...........d........, RECEIVER_UP@10",
        "u...........d..........., RECEIVER_UP@10 RECEIVER_DOWN@22",
        "d...........u.d.u.d....................., RECEIVER_DOWN@10",
        "d...........d..............., RECEIVER_DOWN@10",
        "u...........dd..d......., RECEIVER_UP@10 RECEIVER_DOWN@22",
    })
    void tellsWhatHasStayedSo(String seconds, String expected) {
        var told = new ArrayList<String>();

        for (int i = 0; i < seconds.length(); i++) {
            long nanos = i * 1_000_000_000L;
            if (seconds.charAt(i) != '.') {
                Event.Type type = seconds.charAt(i) == 'u' ? Event.Type.RECEIVER_UP : Event.Type.RECEIVER_DOWN;
                assertThat(settling.take(event(type, "main"), nanos)).isEmpty();
            }
            for (Event event : settling.due(nanos)) {
                told.add(event.type() + "@" + i);
            }
        }

        assertThat(String.join(" ", told)).isEqualTo(expected);
    }

    @Test
    void tellsOtherThingsAtOnce() {
        Event event = event(Event.Type.BACKUP_DONE, "main");

        assertThat(settling.take(event, 0)).containsExactly(event);
        assertThat(settling.due(Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void keepsServersAndSubjectsApart() {
        settling.take(event(Event.Type.RECEIVER_UP, "a"), 0);
        settling.take(event(Event.Type.RECEIVER_DOWN, "b"), 0);
        settling.take(event(Event.Type.ARCHIVER_FAILING, "a"), 0);

        List<Event> due = settling.due(Settling.TIME.toNanos());

        assertThat(due).extracting(Event::type).endsWith(Event.Type.RECEIVER_UP).hasSize(3);
    }

    private static Event event(Event.Type type, String server) {
        return new Event(Instant.EPOCH, type, server, server, "message");
    }
}
