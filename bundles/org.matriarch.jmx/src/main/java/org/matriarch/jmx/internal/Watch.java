package org.matriarch.jmx.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.management.Notification;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.plugin.PluginInfo;
import org.matriarch.jmx.internal.bean.EventNotifications;
import org.matriarch.jmx.internal.bean.JobBeans;
import org.matriarch.jmx.internal.bean.PluginBeans;
import org.matriarch.jmx.internal.bean.Services;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at jobs and plugins again and again, for nobody tells of them: registers those that came, removes those that went,
 * and notifies of jobs that changed. Called by one thread.
 */
final class Watch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

    /** More are kept, and found in the attribute of all jobs. */
    private static final int JOBS_SHOWN = 50;

    private final Services services;
    private final Registry registry;
    private final EventNotifications notifications;
    private final Consumer<String> changed;
    private final ObjectName allJobs = Names.of("Jobs");
    private final Map<Long, Job> jobs = new HashMap<>();
    private final Set<ObjectName> plugins = new HashSet<>();
    private volatile boolean first = true;

    /** Calls {@code changed} with the server of a job that changed its state. */
    Watch(Services services, Registry registry, EventNotifications notifications, Consumer<String> changed) {
        this.services = services;
        this.registry = registry;
        this.notifications = notifications;
        this.changed = changed;
    }

    @Override
    public void run() {
        try {
            lookAtJobs(services.jobs().jobs());
            lookAtPlugins(services.plugins().plugins());
        } catch (MatriarchException e) {
            LOG.debug("not now", e); // a bundle is away
        } catch (RuntimeException e) { // the outermost frame: the next look may succeed
            LOG.error("MATR-9001: unable to look at jobs and plugins", e);
        }
    }

    private void lookAtJobs(List<Job> all) {
        var shown = new HashSet<Long>();
        Stream.concat(
                        all.stream().filter(job -> !job.state().isEnded()),
                        all.stream().limit(JOBS_SHOWN)) // the newest come first
                .forEach(job -> shown.add(job.id()));
        jobs.keySet().stream().filter(id -> !shown.contains(id)).toList().forEach(id -> {
            jobs.remove(id);
            registry.remove(name(id));
        });
        for (int i = all.size() - 1; i >= 0; i--) {
            Job job = all.get(i);
            if (shown.contains(job.id())) {
                look(job);
            }
        }
        first = false;
    }

    private void look(Job job) {
        ObjectName name = name(job.id());
        Job before = jobs.put(job.id(), job);
        if (before == null) {
            registry.add(name, JobBeans.one(services, job));
        }
        if (before == null ? !first : before.state() != job.state()) {
            changed.accept(job.server());
            tell(name, notifications.ofState(name, job), notifications.ofState(allJobs, job));
        } else if (!isSame(before, job)) {
            tell(name, notifications.ofProgress(name, job), notifications.ofProgress(allJobs, job));
        }
    }

    private static boolean isSame(@Nullable Job before, Job job) {
        return before == null
                || (before.progress().equals(job.progress()) && before.subject().equals(job.subject()));
    }

    private void tell(ObjectName name, Notification ofJob, Notification ofAll) {
        registry.find(name).ifPresent(bean -> bean.tell(ofJob));
        registry.find(allJobs).ifPresent(bean -> bean.tell(ofAll));
    }

    private void lookAtPlugins(List<PluginInfo> all) {
        var there = new HashMap<ObjectName, PluginInfo>();
        all.forEach(plugin -> there.put(Names.of("Plugin", "kind", plugin.kind(), "id", plugin.id()), plugin));
        plugins.stream().filter(name -> !there.containsKey(name)).toList().forEach(name -> {
            plugins.remove(name);
            registry.remove(name);
        });
        there.forEach((name, plugin) -> {
            if (plugins.add(name)) {
                registry.add(name, PluginBeans.one(services, plugin));
            }
        });
    }

    private static ObjectName name(long job) {
        return Names.of("Job", "id", String.valueOf(job));
    }
}
