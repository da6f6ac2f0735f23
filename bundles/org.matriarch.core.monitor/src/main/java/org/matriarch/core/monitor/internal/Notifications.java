package org.matriarch.core.monitor.internal;

import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Event.Severity;
import org.matriarch.api.event.EventListener;
import org.matriarch.spi.notify.Notifier;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Tells every notifier that is there what happened, as soon as it has settled. */
@Component(service = EventListener.class, immediate = true)
public final class Notifications implements EventListener {

    private static final Duration TICK = Duration.ofMillis(500);

    private final NotifierQueue.Limits limits;
    private final ScheduledExecutorService clock;
    private final Rounds rounds = new Rounds("notify", 1);

    /** Guarded by itself. */
    private final IdentityHashMap<Notifier, NotifierQueue> queues = new IdentityHashMap<>();

    /** Guarded by itself. */
    private final Settling settling = new Settling();

    /** Begins without notifiers. */
    @Activate
    public Notifications() {
        this(NotifierQueue.Limits.OF_CONTRACT);
    }

    Notifications(NotifierQueue.Limits limits) {
        this.limits = limits;
        var scheduler = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "matriarch-notify-clock");
            thread.setDaemon(true);
            thread.setContextClassLoader(Notifications.class.getClassLoader());
            return thread;
        });
        scheduler.setRemoveOnCancelPolicy(true);
        this.clock = scheduler;
        rounds.every(TICK, () -> tellSettled(System.nanoTime()));
    }

    @Reference(service = Notifier.class, cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNotifier(Notifier notifier, ServiceReference<Notifier> reference) {
        add(
                notifier,
                Objects.toString(reference.getProperty(Notifier.PROPERTY_ID), ""),
                String.valueOf(reference.getBundle().getSymbolicName()));
    }

    void add(Notifier notifier, String id, String bundle) {
        var queue = new NotifierQueue(notifier, id, bundle, limits, clock);
        synchronized (queues) {
            queues.put(notifier, queue);
        }
        queue.start();
    }

    void removeNotifier(Notifier notifier) {
        NotifierQueue queue;
        synchronized (queues) {
            queue = queues.remove(notifier);
        }
        if (queue != null) {
            queue.stop();
        }
    }

    @Deactivate
    void deactivate() {
        List<NotifierQueue> left;
        synchronized (queues) {
            left = List.copyOf(queues.values());
            queues.clear();
        }
        left.forEach(NotifierQueue::stop);
        rounds.close();
        clock.shutdownNow();
    }

    @Override
    public void onEvent(Event event) {
        if (event.type().severity() == Severity.ROUTINE) {
            return;
        }
        List<Event> now;
        synchronized (settling) {
            now = settling.take(event, System.nanoTime());
        }
        tell(now);
    }

    void tellSettled(long nanos) {
        List<Event> settled;
        synchronized (settling) {
            settled = settling.due(nanos);
        }
        tell(settled);
    }

    private void tell(List<Event> events) {
        synchronized (queues) {
            events.forEach(event -> queues.values().forEach(queue -> queue.offer(event)));
        }
    }
}
