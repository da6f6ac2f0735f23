package org.matriarch.jmx.internal;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.EventListener;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServersListener;
import org.matriarch.jmx.internal.bean.EventNotifications;
import org.matriarch.jmx.internal.bean.JobBeans;
import org.matriarch.jmx.internal.bean.PluginBeans;
import org.matriarch.jmx.internal.bean.ServerBeans;
import org.matriarch.jmx.internal.bean.Services;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Keeps an MBean registered for all that there is, and passes on what happens. */
@Component(
        service = {ServersListener.class, EventListener.class},
        immediate = true)
public final class JmxDoor implements ServersListener, EventListener {

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_TO_OPEN = 20; // Karaf opens its connector on a thread of its own
    private static final int THREADS = 8;
    private static final int IDLE_SECONDS = 5;

    private final Services services;
    private final Registry registry;
    private final EventNotifications notifications = new EventNotifications();
    private final Map<String, ServerBeans> servers = new HashMap<>(); // guarded by itself
    private final AtomicInteger threadCount = new AtomicInteger();
    private final ThreadPoolExecutor askers;
    private final ScheduledExecutorService ticker;

    /** Registers what there is. */
    @Activate
    public JmxDoor(@Reference Services services) {
        this(services, ManagementFactory.getPlatformMBeanServer(), TICK);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // runs until the end, and logs its own failures
    JmxDoor(Services services, MBeanServer server, Duration tick) {
        this.services = services;
        this.registry = new Registry(server);
        askers = new ThreadPoolExecutor(
                0, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> daemon(task, "ask"));
        registry.add(Names.of("Jobs"), JobBeans.all(services));
        registry.add(Names.of("Plugins"), PluginBeans.all(services));
        ticker = Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "watch"));
        var watch = new Watch(services, registry, notifications, this::expire);
        ticker.scheduleWithFixedDelay(watch, 0, tick.toMillis(), TimeUnit.MILLISECONDS);
        long lookMillis = tick.toMillis() * TICKS_TO_OPEN;
        ticker.scheduleWithFixedDelay(new ClosedConnectors(server), lookMillis, lookMillis, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void close() {
        ticker.shutdownNow();
        askers.shutdownNow();
        registry.close();
    }

    /** Also finds those that went while whoever calls this was away. */
    @Override
    public void serverChanged(String name) {
        Set<String> configured = new HashSet<>();
        for (ServerConfiguration server : services.servers().servers()) {
            configured.add(server.name());
        }
        synchronized (servers) {
            Set<String> gone = new HashSet<>(servers.keySet());
            gone.removeAll(configured);
            gone.forEach(this::remove);
            configured.removeAll(servers.keySet());
            configured.forEach(this::add);
        }
        expire(name);
    }

    @Override
    public void onEvent(Event event) {
        expire(event.server());
        ObjectName name = Names.of(ServerBeans.SERVER, "name", event.server());
        registry.find(name).ifPresent(bean -> bean.tell(notifications.of(name, event)));
    }

    private void add(String server) {
        var beans = new ServerBeans(server, services, askers);
        servers.put(server, beans);
        beans.beans().forEach((type, bean) -> registry.add(nameOf(type, server), bean));
    }

    private void remove(String server) {
        ServerBeans gone = servers.remove(server);
        if (gone != null) {
            gone.beans().keySet().forEach(type -> registry.remove(nameOf(type, server)));
        }
    }

    private void expire(String server) {
        synchronized (servers) {
            ServerBeans beans = servers.get(server);
            if (beans != null) {
                beans.expire();
            }
        }
    }

    private static ObjectName nameOf(String type, String server) {
        return Names.of(type, type.equals(ServerBeans.SERVER) ? "name" : "server", server);
    }

    private Thread daemon(Runnable task, String what) {
        var thread = new Thread(task, "matriarch-jmx-%s-%d".formatted(what, threadCount.incrementAndGet()));
        thread.setDaemon(true);
        thread.setContextClassLoader(JmxDoor.class.getClassLoader());
        return thread;
    }
}
