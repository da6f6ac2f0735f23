package org.matriarch.core.monitor.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.matriarch.api.event.Event;
import org.matriarch.spi.notify.Notification;
import org.matriarch.spi.notify.Notifier;
import org.matriarch.spi.notify.NotifierException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings notifications to one notifier, in order, on a thread of its own. One that hangs is interrupted; while it does not
 * even heed that, this thread is all that it holds, and the oldest of what waits is dropped.
 */
final class NotifierQueue {

    private static final Logger LOG = LoggerFactory.getLogger(NotifierQueue.class);

    private final Notifier notifier;
    private final String name;
    private final Limits limits;
    private final ScheduledExecutorService clock;
    private final Thread thread;

    /** Guarded by itself. */
    private final Deque<Event> waiting = new ArrayDeque<>();

    /** Guarded by waiting. */
    private long dropped;

    private volatile boolean stopped;

    /**
     * How long and how often.
     *
     * @param capacity how many events wait at most
     * @param call how long a call may take
     * @param pauses before each repetition
     */
    record Limits(int capacity, Duration call, List<Duration> pauses) {

        /** What the contract of notifiers says. */
        static final Limits OF_CONTRACT =
                new Limits(Notifier.QUEUE, Notifier.LIMIT, List.of(Duration.ofSeconds(5), Duration.ofSeconds(30)));

        Limits {
            pauses = List.copyOf(pauses);
        }
    }

    /**
     * Prepares the delivery.
     *
     * @param id of the notifier, as its service property says
     * @param bundle that brings it
     * @param clock rings when a call has taken too long
     */
    NotifierQueue(Notifier notifier, String id, String bundle, Limits limits, ScheduledExecutorService clock) {
        this.notifier = notifier;
        this.name = "notifier '%s' of bundle '%s'".formatted(id, bundle);
        this.limits = limits;
        this.clock = clock;
        this.thread = new Thread(this::run, "matriarch-notify-" + id);
        thread.setDaemon(true);
        thread.setContextClassLoader(NotifierQueue.class.getClassLoader());
    }

    void start() {
        thread.start();
    }

    void stop() {
        stopped = true;
        thread.interrupt();
    }

    void offer(Event event) {
        boolean first = false;
        synchronized (waiting) {
            if (waiting.size() >= limits.capacity()) {
                waiting.removeFirst();
                first = dropped++ == 0;
            }
            waiting.addLast(event);
            waiting.notifyAll();
        }
        if (first) {
            LOG.warn("{} is too slow: the oldest of its notifications are dropped", name);
        }
    }

    private void run() {
        while (!stopped) {
            try {
                deliver(take());
            } catch (InterruptedException e) {
                // By stop(), which ends the loop; what a notifier leaves behind ends nothing.
                LOG.trace("interrupted, stopped {}", stopped);
            }
        }
    }

    private Event take() throws InterruptedException {
        Event event;
        long lost;
        synchronized (waiting) {
            while (waiting.isEmpty()) {
                waiting.wait();
            }
            event = waiting.removeFirst();
            lost = dropped;
            dropped = 0;
        }
        if (lost > 0) {
            LOG.warn("{} was not told of {} events", name, lost);
        }
        return event;
    }

    private void deliver(Event event) throws InterruptedException {
        int attempt = 1;
        while (!isTaken(new Notification(event, attempt))
                && attempt <= limits.pauses().size()
                && !stopped) {
            TimeUnit.NANOSECONDS.sleep(limits.pauses().get(attempt - 1).toNanos());
            attempt++;
        }
    }

    /** Calls the notifier; returns false if the same is worth another call. */
    private boolean isTaken(Notification notification) {
        var alarm = new Alarm();
        Future<?> call = clock.schedule(alarm::ring, limits.call().toMillis(), TimeUnit.MILLISECONDS);
        try (alarm) {
            notifier.notify(notification);
            return true;
        } catch (NotifierException e) {
            boolean again =
                    e.retryable() && notification.attempt() <= limits.pauses().size();
            LOG.warn(
                    "{} did not take {}{}: {}",
                    name,
                    text(notification),
                    again ? ", and is asked again" : "",
                    String.valueOf(e.getMessage()));
            return !again;
        } catch (InterruptedException e) {
            if (!stopped) {
                LOG.warn(
                        "{} was interrupted, having taken longer than {} s over {}",
                        name,
                        limits.call().toSeconds(),
                        text(notification));
            }
            return true;
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            LOG.warn("{} failed to take {}", name, text(notification), e);
            return true;
        } finally {
            call.cancel(false);
            LOG.trace("{} left its thread interrupted: {}", name, Thread.interrupted()); // and no longer
        }
    }

    private static String text(Notification notification) {
        Event event = notification.event();
        return "%s of '%s'".formatted(event.type(), event.server());
    }
}
