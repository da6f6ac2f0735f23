package org.matriarch.core.monitor.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.event.Event;
import org.matriarch.core.monitor.internal.NotifierQueue.Limits;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;

@Timeout(60)
final class NotificationsTest {

    private static final Limits LIMITS =
            new Limits(3, Duration.ofMillis(300), List.of(Duration.ofMillis(1), Duration.ofMillis(1)));

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final Notifications notifications = new Notifications(LIMITS);
    private final Listener good = new Listener();

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(log, true, UTF_8));
        notifications.add(good, "good", "org.example.good");
    }

    @AfterEach
    void stop() {
        notifications.deactivate();
        System.setErr(before);
    }

    /** What a notifier does about a notification. */
    private interface Behaviour {
        void take(Notification notification) throws NotifierException, InterruptedException;
    }

    private static class Listener implements Notifier {

        final List<String> told = new CopyOnWriteArrayList<>();

        @Override
        public String id() {
            return "listener";
        }

        @Override
        public void notify(Notification notification) throws NotifierException, InterruptedException {
            told.add(notification.event().subject() + "/" + notification.attempt());
        }
    }

    @Test
    void tellsEveryNotifierWhatMatters() {
        var other = new Listener();
        notifications.add(other, "other", "org.example.other");

        publish(Event.Type.WAL_ARCHIVED, "wal");
        publish(Event.Type.BACKUP_DONE, "backup");
        publish(Event.Type.WAL_GAP, "gap");

        await().untilAsserted(() -> assertThat(good.told).containsExactly("backup/1", "gap/1"));
        await().untilAsserted(() -> assertThat(other.told).containsExactly("backup/1", "gap/1"));
    }

    @Test
    void tellsOfAReceiverWhenItHasStayedSo() {
        publish(Event.Type.RECEIVER_DOWN, "down");
        publish(Event.Type.BACKUP_DONE, "backup");
        await().untilAsserted(() -> assertThat(good.told).containsExactly("backup/1"));

        notifications.tellSettled(System.nanoTime() + Settling.TIME.toNanos());

        await().untilAsserted(() -> assertThat(good.told).containsExactly("backup/1", "down/1"));
    }

    @Test
    void isHarmedByNoNotifierThatThrows() {
        add("thrower", notification -> {
            throw new IllegalStateException("oops");
        });
        add("linker", notification -> {
            throw new NoClassDefFoundError("gone");
        });

        publish(Event.Type.BACKUP_DONE, "one");
        publish(Event.Type.BACKUP_DONE, "two");

        await().untilAsserted(() -> assertThat(good.told).containsExactly("one/1", "two/1"));
        await().untilAsserted(() -> assertThat(log())
                .contains("notifier 'thrower' of bundle 'org.example.thrower' failed to take BACKUP_DONE of 'main'")
                .contains("notifier 'linker' of bundle 'org.example.linker' failed"));
    }

    @Test
    void asksAgainWhereItMayHelp() {
        var calls = new CopyOnWriteArrayList<String>();
        add("shy", notification -> {
            calls.add(notification.event().subject() + "/" + notification.attempt());
            throw new NotifierException("busy", notification.event().subject().equals("one"), null);
        });

        publish(Event.Type.BACKUP_DONE, "one");
        publish(Event.Type.BACKUP_DONE, "two");

        await().untilAsserted(() -> assertThat(calls).containsExactly("one/1", "one/2", "one/3", "two/1"));
        assertThat(log())
                .contains("notifier 'shy' of bundle 'org.example.shy' did not take BACKUP_DONE of 'main', and is asked"
                        + " again: busy");
    }

    @Test
    void interruptsOneThatHangs() {
        var calls = new CopyOnWriteArrayList<String>();
        add("sleeper", notification -> {
            calls.add(notification.event().subject());
            if (calls.size() == 1) {
                new CountDownLatch(1).await();
            }
        });

        publish(Event.Type.BACKUP_DONE, "one");
        publish(Event.Type.BACKUP_DONE, "two");

        await().untilAsserted(() -> assertThat(calls).containsExactly("one", "two"));
        assertThat(log()).contains("notifier 'sleeper' of bundle 'org.example.sleeper' was interrupted");
    }

    @Test
    void dropsTheOldestOfOneThatHeedsNothing() {
        notifications.removeNotifier(good); // it may be slow for a moment, too
        var released = new AtomicBoolean();
        var calls = new CopyOnWriteArrayList<String>();
        add("stubborn", notification -> {
            calls.add(notification.event().subject());
            while (!released.get()) {
                Thread.onSpinWait();
            }
        });
        publish(Event.Type.BACKUP_DONE, "0");
        await().until(() -> !calls.isEmpty());

        for (int i = 1; i <= 6; i++) {
            publish(Event.Type.BACKUP_DONE, Integer.toString(i));
        }
        await().until(() -> log().contains("is too slow"));
        released.set(true);

        await().untilAsserted(() -> assertThat(calls).containsExactly("0", "4", "5", "6"));
        assertThat(log().lines().filter(line -> line.contains("is too slow: the oldest")))
                .hasSize(1)
                .allMatch(line -> line.contains("notifier 'stubborn' of bundle 'org.example.stubborn'"));
        assertThat(log()).contains("was not told of 3 events");
    }

    @Test
    void forgetsOneThatLeaves() {
        notifications.removeNotifier(good);
        notifications.removeNotifier(good);

        publish(Event.Type.BACKUP_DONE, "one");

        var next = new Listener();
        notifications.add(next, "next", "org.example.next");
        publish(Event.Type.BACKUP_DONE, "two");
        await().untilAsserted(() -> assertThat(next.told).containsExactly("two/1"));
        assertThat(good.told).isEmpty();
    }

    private void add(String id, Behaviour behaviour) {
        notifications.add(
                new Listener() {
                    @Override
                    public void notify(Notification notification) throws NotifierException, InterruptedException {
                        behaviour.take(notification);
                    }
                },
                id,
                "org.example." + id);
    }

    private String log() {
        return log.toString(UTF_8);
    }

    private void publish(Event.Type type, String subject) {
        notifications.onEvent(new Event(Instant.EPOCH, type, "main", subject, "message"));
    }
}
