package org.matriarch.core.schedule.internal;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.schedule.Maintenance;
import org.matriarch.api.schedule.MaintenanceReport;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has rounds done, one at a time for a server, each server on a thread of its own, so that a store that hangs holds up no other. */
@Component(service = {Maintenance.class, Rounds.class})
public final class Rounds implements Maintenance {

    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);
    private static final long STOP_SECONDS = 10;

    /** What is no trouble: somebody deletes, the container ends, another one takes care of the server. */
    private static final Set<ErrorCode> OTHERS_WORK =
            Set.of(ErrorCode.JOB_CONFLICT, ErrorCode.JOB_INTERRUPTED, ErrorCode.REPOSITORY_TAKEN);

    private static final String INACTIVE = "it is not active";

    private final Servers servers;
    private final Round round;
    private final RoundTroubles troubles = new RoundTroubles();
    private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService workers;
    private final Charges charges;

    /** Uses the services of the other parts of the product. */
    @Activate
    public Rounds(
            @Reference Servers servers,
            @Reference Repositories repositories,
            @Reference BackupCatalog catalog,
            @Reference Retention retention,
            @Reference Jobs jobs) {
        this(servers, new Round(repositories, catalog, retention, jobs, Clock.systemUTC()));
    }

    Rounds(Servers servers, Round round) {
        this.servers = servers;
        this.round = round;
        workers = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "matriarch-maintenance-" + threads.incrementAndGet());
            thread.setDaemon(true);
            thread.setContextClassLoader(Rounds.class.getClassLoader());
            return thread;
        });
        charges = new Charges(
                name -> servers.findServer(name).filter(round::isOurs).isPresent(), workers);
    }

    /** Returns who knows which servers this container works on. */
    Charges charges() {
        return charges;
    }

    @Deactivate
    void stop() {
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("maintenance did not stop within {} s", STOP_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public MaintenanceReport run(String name) throws InterruptedException {
        ServerConfiguration server = servers.requireServer(name);
        if (!server.active()) {
            return MaintenanceReport.skipped(name, INACTIVE);
        }
        problem(name).ifPresent(problem -> {
            throw new MatriarchException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "unable to maintain server '%s': %s".formatted(name, refused(problem)),
                    hint(problem));
        });
        Semaphore turn = turn(name);
        turn.acquire();
        try {
            MaintenanceReport report = round.carryOut(server);
            troubles.over(name);
            return report;
        } finally {
            turn.release();
        }
    }

    /** Begins a round unless one is under way, and returns at once; what is returned ends with it. */
    CompletableFuture<Void> begin(String name) {
        Semaphore turn = turn(name);
        if (!turn.tryAcquire()) {
            LOG.debug("the last round of server '{}' is still under way", name);
            return CompletableFuture.completedFuture(null);
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        carryOut(name);
                    } finally {
                        turn.release();
                    }
                },
                workers);
    }

    /** Returns what keeps a server from being maintained. */
    Optional<RoundTroubles.Trouble> trouble(String name) {
        return troubles.of(name);
    }

    /** Tries again at the next round what failed before: the configuration has changed. */
    void forget(String name) {
        troubles.forget(name);
    }

    private void carryOut(String name) {
        Optional<ServerConfiguration> server = servers.findServer(name);
        Optional<ConfigurationProblem> problem = problem(name);
        if (server.isEmpty()) {
            troubles.forget(name);
        } else if (!server.get().active()) {
            troubles.rests(name, INACTIVE, "");
        } else if (problem.isPresent()) {
            // What is in force may be older than what the operator wants to be kept.
            troubles.rests(name, refused(problem.get()), hint(problem.get()));
        } else if (!troubles.leaveOut(name)) {
            carryOut(server.get());
        }
    }

    private void carryOut(ServerConfiguration server) {
        try {
            round.carryOutByItself(server);
            troubles.over(server.name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MatriarchException e) {
            if (OTHERS_WORK.contains(e.code())) {
                LOG.debug("server '{}' is not maintained now: {}", server.name(), e.summary());
            } else {
                troubles.failed(server.name(), e);
            }
        } catch (RuntimeException e) {
            LOG.error("maintenance of server '{}' met an unexpected error", server.name(), e);
        }
    }

    private Optional<ConfigurationProblem> problem(String name) {
        Map<String, List<ConfigurationProblem>> problems = servers.problems();
        return problems.getOrDefault(name, problems.getOrDefault("", List.of())).stream()
                .findFirst();
    }

    private static String refused(ConfigurationProblem problem) {
        return "its configuration is refused: %s in '%s' %s"
                .formatted(
                        problem.key().isEmpty() ? "'%s'".formatted(problem.value()) : problem.key(),
                        problem.file(),
                        problem.reason());
    }

    private static String hint(ConfigurationProblem problem) {
        return "correct 'etc/%s'; it is read again as soon as it is saved.".formatted(problem.file());
    }

    private Semaphore turn(String name) {
        return turns.computeIfAbsent(name, each -> new Semaphore(1, true));
    }
}
