package org.matriarch.testkit.notify;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;

/** A notifier whose channel is a list. */
class ListNotifier implements Notifier {

    final List<String> channel = new CopyOnWriteArrayList<>();
    final AtomicInteger atWork = new AtomicInteger();

    /** How the channel is. */
    enum Channel {
        OPEN,
        CLOSED,
        SLOW
    }

    private final Channel kind;

    ListNotifier(Channel kind) {
        this.kind = kind;
    }

    @Override
    public String id() {
        return "list";
    }

    @Override
    public void notify(Notification notification) throws NotifierException, InterruptedException {
        if (kind == Channel.CLOSED) {
            throw new NotifierException("closed", true, null);
        }
        if (kind == Channel.SLOW) {
            atWork.incrementAndGet();
            try {
                new CountDownLatch(1).await();
            } finally {
                atWork.decrementAndGet();
            }
        }
        channel.add(notification.event().message());
    }
}
