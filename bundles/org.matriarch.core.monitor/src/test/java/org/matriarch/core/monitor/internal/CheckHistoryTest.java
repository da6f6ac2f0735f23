package org.matriarch.core.monitor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.matriarch.api.event.Event;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

final class CheckHistoryTest {

    private final CheckHistory history = new CheckHistory("main");

    @Test
    void tellsOfWhatFailedTwice() {
        assertThat(take("a:FAILED", "b:OK")).isEqualTo(new CheckHistory.News(List.of(), true));

        CheckHistory.News second = take("a:FAILED", "b:WARNING");

        assertThat(second.doubtful()).isFalse();
        assertThat(second.events())
                .containsExactly(new Event(Instant.EPOCH, Event.Type.CHECK_FAILED, "main", "a", "a: detail of a"));
        assertThat(take("a:FAILED", "b:OK").events()).isEmpty();
    }

    @Test
    void forgetsWhatFailedOnce() {
        take("a:FAILED");
        assertThat(take("a:OK")).isEqualTo(new CheckHistory.News(List.of(), false));
        assertThat(take("a:FAILED").events()).isEmpty();
    }

    @Test
    void tellsOfSeveralAtOnce() {
        take("a:FAILED", "b:FAILED", "c:FAILED");

        assertThat(take("c:OK", "b:FAILED", "a:FAILED", "d:FAILED").events())
                .containsExactly(new Event(
                        Instant.EPOCH, Event.Type.CHECK_FAILED, "main", "a, b", "b: detail of b; a: detail of a"));
        assertThat(take("a:OK", "b:WARNING", "d:OK").events())
                .containsExactly(new Event(Instant.EPOCH, Event.Type.CHECK_OK, "main", "a, b", "in order again: a, b"));
    }

    @Test
    void takesWhatIsNotLookedAtForFailingWhileAnythingFails() {
        take("a:FAILED", "b:FAILED");
        take("a:FAILED", "b:FAILED");

        assertThat(take("a:FAILED").events()).isEmpty();
        assertThat(take("c:OK").events()).extracting(Event::subject).containsExactly("a, b");
    }

    @Test
    void saysTheNameOfWhatHasNoDetail() {
        List<CheckResult> results = List.of(new CheckResult("slot", Outcome.FAILED, "", ""));
        history.take(results, Instant.EPOCH);

        assertThat(history.take(results, Instant.EPOCH).events())
                .extracting(Event::message)
                .containsExactly("slot");
    }

    private CheckHistory.News take(String... results) {
        return history.take(
                Arrays.stream(results)
                        .map(text -> text.split(":", -1))
                        .map(parts -> new CheckResult(parts[0], Outcome.valueOf(parts[1]), "detail of " + parts[0], ""))
                        .toList(),
                Instant.EPOCH);
    }
}
