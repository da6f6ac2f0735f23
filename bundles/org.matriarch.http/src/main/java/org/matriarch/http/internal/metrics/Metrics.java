package org.matriarch.http.internal.metrics;

import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.monitor.ServerSamples;
import org.matriarch.api.plugin.Plugins;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Everything there is to scrape. Nobody is asked for it who could fail to answer. */
@Component(service = Metrics.class)
public final class Metrics {

    private final Clock clock;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable ServerSamples samples;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable Jobs jobs;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile @Nullable Plugins plugins;

    /** Begins with whoever is there. */
    @Activate
    public Metrics() {
        this(Clock.systemUTC(), null, null, null);
    }

    /** Takes what a test has. */
    public Metrics(Clock clock, @Nullable ServerSamples samples, @Nullable Jobs jobs, @Nullable Plugins plugins) {
        this.clock = clock;
        this.samples = samples;
        this.jobs = jobs;
        this.plugins = plugins;
    }

    /** Returns all metrics, as they are scraped. */
    String text() {
        var text = new MetricsText();
        var servers = new ServerMetrics(text, clock.instant());
        Optional.ofNullable(samples).ifPresent(service -> service.samples().forEach(servers::write));
        var container = new ContainerMetrics(text);
        Optional.ofNullable(jobs).ifPresent(service -> container.jobs(service.jobs()));
        Optional.ofNullable(plugins).ifPresent(service -> container.plugins(service.plugins()));
        container.machine();
        return text.toString();
    }
}
