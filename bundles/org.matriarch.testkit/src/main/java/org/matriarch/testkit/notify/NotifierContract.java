package org.matriarch.testkit.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Event.Severity;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;

/** What a notifier must do. A plugin extends this, with a channel of which it can tell what came out at its end. */
@Timeout(60)
public abstract class NotifierContract {

    private static final Instant TIME = Instant.parse("2026-11-20T12:00:00Z");

    /** Returns a notifier that tells of everything, through a channel that works. */
    protected abstract Notifier working() throws Exception;

    /** Returns the messages of what came through the channel of {@link #working}, oldest first. */
    protected abstract List<String> arrived() throws Exception;

    /** Returns a notifier whose channel takes nothing. */
    protected abstract Notifier failing() throws Exception;

    /** Returns a notifier whose channel takes for ever over each message. */
    protected abstract Notifier hanging() throws Exception;

    /** Returns whether somebody is at work for {@link #hanging}, such as a process or a connection. */
    protected abstract boolean isHanging() throws Exception;

    @Test
    final void hasAnIdThatStaysTheSame() throws Exception {
        Notifier notifier = working();

        assertThat(notifier.id()).isNotBlank().isEqualTo(notifier.id());
    }

    @Test
    final void tellsOfEveryTypeOnceAndInOrder() throws Exception {
        Notifier notifier = working();
        List<Event.Type> types = List.of(Event.Type.values()).stream()
                .filter(type -> type.severity() != Severity.ROUTINE)
                .toList();

        for (Event.Type type : types) {
            notifier.notify(notification(type, "message of " + type));
        }

        await().untilAsserted(() -> assertThat(arrived())
                .containsExactlyElementsOf(
                        types.stream().map(type -> "message of " + type).toList()));
    }

    @Test
    final void passesOnAnyText() throws Exception {
        Notifier notifier = working();
        String text = "größe \"quoted\" 'single' \\ $HOME `id` $(id) {level} % & < > \uD83D\uDC18";

        notifier.notify(notification(Event.Type.BACKUP_FAILED, text));

        await().untilAsserted(() -> assertThat(arrived()).containsExactly(text));
    }

    @Test
    final void takesALongTextAndOneOfSeveralLines() throws Exception {
        Notifier notifier = working();

        notifier.notify(notification(Event.Type.WAL_GAP, "x".repeat(1_000_000)));
        notifier.notify(notification(Event.Type.WAL_GAP, "first\nsecond\t\0 end"));

        await().untilAsserted(() -> assertThat(arrived()).isNotEmpty());
        assertThat(arrived().get(0)).startsWith("xxx");
    }

    @Test
    final void saysThatItsChannelTookNothing() throws Exception {
        Notifier notifier = failing();

        assertThatThrownBy(() -> notifier.notify(notification(Event.Type.BACKUP_DONE, "done")))
                .isInstanceOf(NotifierException.class);
    }

    @Test
    final void endsWhenItIsInterrupted() throws Exception {
        Notifier notifier = hanging();
        var outcome = new AtomicReference<Throwable>();
        var thread = new Thread(
                () -> {
                    try {
                        notifier.notify(notification(Event.Type.BACKUP_DONE, "done"));
                    } catch (NotifierException | InterruptedException e) {
                        outcome.set(e);
                    }
                },
                "notifier");
        thread.start();
        await().atMost(Duration.ofSeconds(20)).until(this::isHanging);

        thread.interrupt();
        thread.join(Duration.ofSeconds(15).toMillis());

        assertThat(thread.isAlive()).isFalse();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
        await().atMost(Duration.ofSeconds(15)).until(() -> !isHanging());
    }

    private static Notification notification(Event.Type type, String message) {
        return new Notification(new Event(TIME, type, "main", "20261120T120000", message), 1);
    }
}
