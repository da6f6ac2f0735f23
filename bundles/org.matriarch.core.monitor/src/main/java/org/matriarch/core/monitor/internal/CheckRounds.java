package org.matriarch.core.monitor.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Events;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks each server at its interval, keeps the last results, and tells what turned bad or good. */
@Component(service = CheckRounds.class, immediate = true)
public final class CheckRounds {

    private static final Logger LOG = LoggerFactory.getLogger(CheckRounds.class);

    /** A container that has just started, or a server that has just been configured, is not ready yet. */
    private static final Duration FIRST = Duration.ofMinutes(1);

    /** What failed once is looked at again after this. */
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Servers servers;
    private final ServerChecks checks;
    private final Events events;
    private final Clock clock;
    private final Rounds rounds;

    private final Map<String, Results> last = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private final Map<String, Standing> standings = new HashMap<>();

    /** The results of one round. */
    record Results(Instant time, List<CheckResult> results) {}

    /** How the rounds of a server stand. */
    private static final class Standing {

        private final CheckHistory history;
        private Instant due;
        private boolean running;

        Standing(String server, Instant due) {
            this.history = new CheckHistory(server);
            this.due = due;
        }
    }

    /** Begins. */
    @Activate
    public CheckRounds(@Reference Servers servers, @Reference ServerChecks checks, @Reference Events events) {
        this(servers, checks, events, Clock.systemUTC(), new Rounds("check", 8));
        rounds.every(Duration.ofSeconds(1), this::tick);
    }

    CheckRounds(Servers servers, ServerChecks checks, Events events, Clock clock, Rounds rounds) {
        this.servers = servers;
        this.checks = checks;
        this.events = events;
        this.clock = clock;
        this.rounds = rounds;
    }

    @Deactivate
    void deactivate() {
        rounds.close();
    }

    /** Returns what the last round of a server found. */
    Optional<Results> last(String server) {
        return Optional.ofNullable(last.get(server));
    }

    /** Starts what is due. */
    void tick() {
        Map<String, ServerConfiguration> wanted = servers.servers().stream()
                .filter(server ->
                        server.active() && !server.monitoring().checkInterval().isZero())
                .collect(Collectors.toMap(ServerConfiguration::name, server -> server));
        Instant now = clock.instant();
        synchronized (this) {
            standings.keySet().retainAll(wanted.keySet());
            last.keySet().retainAll(wanted.keySet());
            wanted.values().forEach(server -> startIfDue(server, now));
        }
    }

    private void startIfDue(ServerConfiguration server, Instant now) {
        Duration interval = server.monitoring().checkInterval();
        Standing standing =
                standings.computeIfAbsent(server.name(), name -> new Standing(name, now.plus(min(FIRST, interval))));
        // A clock that was set back, or an interval that was shortened, must not keep it from being checked.
        if (standing.due.isAfter(now.plus(max(FIRST, interval)))) {
            standing.due = now;
        }
        if (standing.running || now.isBefore(standing.due)) {
            return;
        }
        try {
            rounds.start(() -> carryOut(server, standing));
            standing.running = true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the check of '{}' waits for others", server.name());
        }
    }

    private void carryOut(ServerConfiguration server, Standing standing) {
        Duration next = server.monitoring().checkInterval();
        try {
            List<CheckResult> results = checks.check(server.name());
            Instant now = clock.instant();
            last.put(server.name(), new Results(now, results));
            CheckHistory.News news = standing.history.take(results, now);
            news.events().forEach(events::publish);
            next = news.doubtful() ? min(AGAIN, next) : next;
        } catch (MatriarchException e) {
            LOG.debug("server '{}' cannot be checked: {}", server.name(), e.summary());
        } finally {
            synchronized (this) {
                standing.running = false;
                standing.due = clock.instant().plus(next);
            }
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }
}
