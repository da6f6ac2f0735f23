package org.matriarch.testkit.notify;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;
import org.matriarch.testkit.notify.ListNotifier.Channel;

/** Proves that the contract notices what breaks it. */
final class BrokenNotifiersTest {

    /** The contract waits for what is never to come. */
    @BeforeEach
    void hurry() {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(1));
    }

    @AfterEach
    void takeTimeAgain() {
        Awaitility.reset();
    }

    @Test
    void noticesTextThatIsChanged() {
        assertNotices(contractOf(new ListNotifier(Channel.OPEN) {
            @Override
            public void notify(Notification notification) {
                channel.add(notification.event().message().replace("$", ""));
            }
        })::passesOnAnyText);
    }

    @Test
    void noticesWhatIsToldTwice() {
        assertNotices(contractOf(new ListNotifier(Channel.OPEN) {
            @Override
            public void notify(Notification notification) throws NotifierException, InterruptedException {
                super.notify(notification);
                super.notify(notification);
            }
        })::tellsOfEveryTypeOnceAndInOrder);
    }

    @Test
    void noticesAFailureThatIsHidden() {
        assertNotices(contractOf(new ListNotifier(Channel.OPEN))::saysThatItsChannelTookNothing);
    }

    @Test
    void noticesAnInterruptThatIsSwallowed() {
        assertNotices(contractOf(new ListNotifier(Channel.SLOW) {
            @Override
            public void notify(Notification notification) throws NotifierException {
                try {
                    super.notify(notification);
                } catch (InterruptedException e) {
                    throw new NotifierException("interrupted", false, e);
                }
            }
        })::endsWhenItIsInterrupted);
    }

    private static void assertNotices(ThrowingCallable test) {
        assertThatThrownBy(test).isInstanceOfAny(AssertionError.class, ConditionTimeoutException.class);
    }

    private static NotifierContract contractOf(ListNotifier broken) {
        return new NotifierContract() {
            @Override
            protected Notifier working() {
                return broken;
            }

            @Override
            protected List<String> arrived() {
                return broken.channel;
            }

            @Override
            protected Notifier failing() {
                return broken;
            }

            @Override
            protected Notifier hanging() {
                return broken;
            }

            @Override
            protected boolean isHanging() {
                return broken.atWork.get() > 0;
            }
        };
    }
}
