package org.matriarch.core.server.internal;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServersListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the rest of the product what changed in the configuration, one call after another on a thread of its own, so that
 * a listener that takes long does not hold up the container's other configurations.
 *
 * <p>A component apart from {@link ConfiguredServers}, because listeners need that one to do anything.
 */
@Component(service = ConfigurationNews.class, immediate = true)
public final class ConfigurationNews {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationNews.class);

    private final ConfiguredServers servers;
    private final ConfiguredServers.Subscriber subscriber = this::changed;
    private final List<ServersListener> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(ConfigurationNews::daemon);

    /** Used by the thread only. */
    private final Set<String> toldRefused = new TreeSet<>();

    private volatile @Nullable Events events;

    /** Begins to tell. */
    @Activate
    public ConfigurationNews(@Reference ConfiguredServers servers) {
        this.servers = servers;
        servers.subscribe(subscriber);
    }

    @Deactivate
    void deactivate() {
        servers.unsubscribe(subscriber);
        thread.shutdownNow();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void setEvents(Events service) {
        events = service;
        later(() -> refuse(servers.now().problems().keySet()));
    }

    void unsetEvents(Events service) {
        if (events == service) {
            events = null;
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(ServersListener listener) {
        // In one task with its first calls: a change after them is told to it, one before is in them.
        later(() -> {
            listeners.add(listener);
            servers.now().servers().keySet().forEach(name -> call(listener, name));
        });
    }

    void removeListener(ServersListener listener) {
        later(() -> listeners.remove(listener));
    }

    private void changed(Set<String> changed, Set<String> refused) {
        later(() -> {
            changed.forEach(name -> listeners.forEach(listener -> call(listener, name)));
            refuse(refused);
            accept();
        });
    }

    /** Tells of what was told to be refused, and is no more. */
    private void accept() {
        Events target = events;
        if (target == null) {
            return;
        }
        for (String name : List.copyOf(toldRefused)) {
            if (!servers.now().problems().containsKey(name)) {
                toldRefused.remove(name);
                boolean there = name.isEmpty() || servers.now().servers().containsKey(name);
                target.publish(new Event(
                        Instant.now(),
                        Event.Type.CONFIGURATION_ACCEPTED,
                        name,
                        name,
                        there ? "what the file says is in force" : "the file that was refused is gone"));
            }
        }
    }

    private void refuse(Set<String> names) {
        Events target = events;
        if (target == null) {
            return;
        }
        for (String name : names) {
            List<ConfigurationProblem> problems = servers.now().problems().getOrDefault(name, List.of());
            if (!problems.isEmpty()) {
                toldRefused.add(name);
                String more = problems.size() == 1 ? "" : " (and %d more)".formatted(problems.size() - 1);
                target.publish(new Event(
                        Instant.now(),
                        Event.Type.CONFIGURATION_REFUSED,
                        name,
                        problems.get(0).file(),
                        Judgement.line(problems.get(0)) + more));
            }
        }
    }

    private void later(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("not told any more: the container is stopping");
        }
    }

    private static void call(ServersListener listener, String name) {
        try {
            listener.serverChanged(name);
        } catch (RuntimeException | LinkageError e) {
            LOG.error(
                    "'{}' failed to take a change of server '{}'",
                    listener.getClass().getName(),
                    name,
                    e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "matriarch-configuration");
        thread.setDaemon(true);
        thread.setContextClassLoader(ConfigurationNews.class.getClassLoader());
        return thread;
    }
}
