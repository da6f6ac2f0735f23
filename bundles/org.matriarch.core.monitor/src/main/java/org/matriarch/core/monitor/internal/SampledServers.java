package org.matriarch.core.monitor.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.matriarch.api.model.Backup;
import org.matriarch.api.monitor.Seen;
import org.matriarch.api.monitor.ServerSample;
import org.matriarch.api.monitor.ServerSamples;
import org.matriarch.api.monitor.WalTotals;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Looks at the servers while somebody wants to know, and keeps what it saw. */
@Component(service = ServerSamples.class)
public final class SampledServers implements ServerSamples {

    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration INTEREST = Duration.ofMinutes(10);

    private final Servers servers;
    private final Sources sources;
    private final CheckRounds checks;
    private final Clock clock;
    private final Rounds rounds;

    private final Map<String, View> views = new ConcurrentHashMap<>();

    private volatile long wantedNanos;

    /** What is known of a server. */
    private static final class View {

        private final LastSeen<ServerFacts> facts = new LastSeen<>();
        private final LastSeen<List<Backup>> backups = new LastSeen<>();
        private final LastSeen<WalTotals> wal = new LastSeen<>();
        private final LastSeen<WalQueue> queue = new LastSeen<>();
        private final LastSeen<ReceiverStatus> receiver = new LastSeen<>();
    }

    /** Begins to look. */
    @Activate
    public SampledServers(@Reference Servers servers, @Reference Sources sources, @Reference CheckRounds checks) {
        this(servers, sources, checks, Clock.systemUTC(), new Rounds("sample", 64));
        rounds.every(INTERVAL, () -> tick(System.nanoTime()));
    }

    SampledServers(Servers servers, Sources sources, CheckRounds checks, Clock clock, Rounds rounds) {
        this.servers = servers;
        this.sources = sources;
        this.checks = checks;
        this.clock = clock;
        this.rounds = rounds;
        this.wantedNanos = System.nanoTime() - INTEREST.toNanos() - 1;
    }

    @Deactivate
    void deactivate() {
        rounds.close();
    }

    @Override
    public List<ServerSample> samples() {
        wantedNanos = System.nanoTime();
        return servers.servers().stream().map(this::sample).toList();
    }

    /** Asks for what nobody has seen yet, and again for all of it while somebody wants to know. */
    void tick(long nanos) {
        List<ServerConfiguration> known = servers.servers();
        views.keySet().retainAll(known.stream().map(ServerConfiguration::name).collect(Collectors.toSet()));
        boolean wanted = nanos - wantedNanos <= INTEREST.toNanos();
        for (ServerConfiguration server : known) {
            View view = views.get(server.name());
            if (view == null || wanted) {
                ask(server, views.computeIfAbsent(server.name(), name -> new View()));
            }
        }
    }

    private void ask(ServerConfiguration server, View view) {
        view.backups.ask(() -> sources.backups(server), rounds, clock);
        view.wal.ask(() -> sources.wal(server), rounds, clock);
        view.queue.ask(() -> sources.queue(server), rounds, clock);
        view.receiver.ask(() -> sources.receiver(server), rounds, clock);
        if (server.active()) {
            view.facts.ask(() -> sources.facts(server), rounds, clock);
        }
    }

    private ServerSample sample(ServerConfiguration server) {
        View view = views.getOrDefault(server.name(), new View());
        return new ServerSample(
                server.name(),
                server.active(),
                view.facts.answers(),
                view.facts.seen(),
                view.backups.seen(),
                view.wal.seen(),
                view.queue.seen(),
                view.receiver.seen(),
                checks.last(server.name()).map(results -> new Seen<>(results.results(), results.time())));
    }
}
