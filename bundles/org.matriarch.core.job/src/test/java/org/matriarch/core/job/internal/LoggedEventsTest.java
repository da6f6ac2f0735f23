package org.matriarch.core.job.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.EventListener;
import org.slf4j.event.Level;

@Timeout(60)
final class LoggedEventsTest {

    private final LoggedEvents events = new LoggedEvents(4);
    private final List<Event> seen = new CopyOnWriteArrayList<>();
    private final EventListener collector = seen::add;

    @AfterEach
    void stop() {
        events.deactivate();
    }

    @Test
    void deliversInOrder() {
        events.addListener(collector);

        events.publish(event("a"));
        events.publish(event("b"));

        await().untilAsserted(() -> assertThat(seen).containsExactly(event("a"), event("b")));
    }

    @Test
    void deliversToOthersAndGoesOnWhenAListenerThrows() {
        List<Event> taken = new CopyOnWriteArrayList<>();
        events.addListener(event -> {
            taken.add(event);
            if (taken.size() == 1) {
                throw new IllegalStateException("oops");
            }
            throw new NoClassDefFoundError("gone");
        });
        events.addListener(collector);

        events.publish(event("a"));
        events.publish(event("b"));
        events.publish(event("c"));

        await().untilAsserted(() -> assertThat(taken).hasSize(3));
        await().untilAsserted(() -> assertThat(seen).hasSize(3));
    }

    @Test
    void keepsNobodyWaitingForAListenerThatHangs() {
        var release = new CountDownLatch(1);
        List<Event> slow = new CopyOnWriteArrayList<>();
        events.addListener(event -> {
            slow.add(event);
            awaitQuietly(release);
        });
        events.addListener(collector);

        for (int i = 0; i < 20; i++) {
            int count = i + 1;
            events.publish(event("e" + i));
            await().untilAsserted(() -> assertThat(seen).hasSize(count));
        }

        release.countDown();
        await().untilAsserted(() -> assertThat(slow).hasSize(5)); // one in hand, four in its queue
    }

    @Test
    void tellsAListenerThatLeftNothingMore() {
        events.addListener(collector);
        events.publish(event("a"));
        await().untilAsserted(() -> assertThat(seen).hasSize(1));

        events.removeListener(collector);
        events.removeListener(collector);
        events.publish(event("b"));

        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("matriarch-events-")));
        assertThat(seen).hasSize(1);
    }

    @Test
    void logsWhatCallsForAnOperatorAsAWarning() {
        assertThat(LoggedEvents.level(Event.Type.WAL_ARCHIVED)).isEqualTo(Level.DEBUG);
        assertThat(LoggedEvents.level(Event.Type.BACKUP_DONE)).isEqualTo(Level.INFO);
        assertThat(LoggedEvents.level(Event.Type.WAL_GAP)).isEqualTo(Level.WARN);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Event event(String subject) {
        return new Event(Instant.EPOCH, Event.Type.BACKUP_DONE, "main", subject, "message");
    }
}
