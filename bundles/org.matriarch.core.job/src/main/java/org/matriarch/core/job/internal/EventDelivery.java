package org.matriarch.core.job.internal;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.EventListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to one listener, in order, on a thread of its own: one that hangs keeps nobody else waiting. What no
 * longer fits in its queue is dropped and counted.
 */
final class EventDelivery {

    private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

    private final EventListener listener;
    private final BlockingQueue<Event> queue;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;

    private volatile boolean stopped;

    EventDelivery(EventListener listener, int capacity) {
        this.listener = listener;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.thread = new Thread(
                this::deliver, "matriarch-events-" + listener.getClass().getSimpleName());
        thread.setDaemon(true);
        thread.setContextClassLoader(EventDelivery.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
        thread.interrupt();
    }

    void offer(Event event) {
        if (!queue.offer(event) && dropped.getAndIncrement() == 0) {
            LOG.warn(
                    "listener '{}' is too slow: events are dropped",
                    listener.getClass().getName());
        }
    }

    private void deliver() {
        while (!stopped) {
            try {
                Event event = queue.take();
                long lost = dropped.getAndSet(0);
                if (lost > 0) {
                    LOG.warn("listener '{}' lost {} events", listener.getClass().getName(), lost);
                }
                listener.onEvent(event);
            } catch (InterruptedException e) {
                // By stop(), which ends the loop; an interrupt by anybody else is no reason to end.
                LOG.trace("interrupted, stopped {}", stopped);
            } catch (RuntimeException | LinkageError e) {
                LOG.warn("listener '{}' failed", listener.getClass().getName(), e);
            }
        }
    }
}
