package org.matriarch.http.internal.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.matriarch.api.job.Job;
import org.matriarch.api.plugin.PluginInfo;

/** Writes what concerns the container, and no single server. */
final class ContainerMetrics {

    private final MetricsText text;

    ContainerMetrics(MetricsText text) {
        this.text = text;
    }

    /** Writes how many of the jobs that are kept there are of each kind and state. */
    void jobs(List<Job> jobs) {
        counts(jobs.stream().map(job -> List.of(job.kind(), job.state().name())).toList())
                .forEach((key, count) -> text.gauge(
                        "matriarch_jobs", "Jobs that are kept.", count, "kind", key.get(0), "state", key.get(1)));
    }

    /** Writes how many plugins there are of each kind and state. */
    void plugins(List<PluginInfo> plugins) {
        counts(plugins.stream()
                        .map(plugin -> List.of(plugin.kind(), plugin.state()))
                        .toList())
                .forEach((key, count) -> text.gauge(
                        "matriarch_plugins",
                        "Plugins, those that are configured and missing, too.",
                        count,
                        "kind",
                        key.get(0),
                        "state",
                        key.get(1)));
    }

    private static Map<List<String>, Long> counts(List<List<String>> keys) {
        return keys.stream()
                .collect(Collectors.groupingBy(
                        key -> key,
                        () -> new TreeMap<List<String>, Long>(
                                (one, other) -> String.join("\0", one).compareTo(String.join("\0", other))),
                        Collectors.counting()));
    }

    /** Writes how the Java virtual machine does. */
    void machine() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory("heap", memory.getHeapMemoryUsage());
        memory("nonheap", memory.getNonHeapMemoryUsage());
        text.gauge(
                "matriarch_jvm_threads",
                "Threads of the container.",
                ManagementFactory.getThreadMXBean().getThreadCount());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            text.counter(
                    "matriarch_jvm_gc_collections_total",
                    "Garbage collections.",
                    collector.getCollectionCount(),
                    "gc",
                    collector.getName());
            text.counter(
                    "matriarch_jvm_gc_seconds_total",
                    "Time spent in garbage collections.",
                    collector.getCollectionTime() / 1000.0,
                    "gc",
                    collector.getName());
        }
        text.gauge(
                "matriarch_start_time_seconds",
                "When the container started.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    }

    private void memory(String area, MemoryUsage usage) {
        text.gauge("matriarch_jvm_memory_used_bytes", "Memory in use by Java.", usage.getUsed(), "area", area);
        if (usage.getMax() >= 0) {
            text.gauge("matriarch_jvm_memory_max_bytes", "Memory that Java may use.", usage.getMax(), "area", area);
        }
    }
}
