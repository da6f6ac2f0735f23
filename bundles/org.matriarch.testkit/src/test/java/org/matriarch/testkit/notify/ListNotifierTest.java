package org.matriarch.testkit.notify;

import java.util.List;
import org.matriarch.spi.notify.Notifier;

/** Proves that the contract can be kept. */
final class ListNotifierTest extends NotifierContract {

    private final ListNotifier working = new ListNotifier(ListNotifier.Channel.OPEN);
    private final ListNotifier hanging = new ListNotifier(ListNotifier.Channel.SLOW);

    @Override
    protected Notifier working() {
        return working;
    }

    @Override
    protected List<String> arrived() {
        return working.channel;
    }

    @Override
    protected Notifier failing() {
        return new ListNotifier(ListNotifier.Channel.CLOSED);
    }

    @Override
    protected Notifier hanging() {
        return hanging;
    }

    @Override
    protected boolean isHanging() {
        return hanging.atWork.get() > 0;
    }
}
