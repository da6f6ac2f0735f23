package org.matriarch.core.server.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerChecks;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs all checks at once, so that the answer takes as long as the slowest, and never longer than the check timeout.
 */
@Component(service = ServerChecks.class, immediate = true)
public final class CollectedChecks implements ServerChecks {

    private static final Logger LOG = LoggerFactory.getLogger(CollectedChecks.class);

    private static final int THREADS = 64;
    private static final int ORDER_IF_NONE = 1000;

    /** As in Barman, nothing is expected of such a server. */
    private static final CheckResult INACTIVE =
            new CheckResult("active", Outcome.OK, "the server is not active, so nothing else is checked", "");

    private final ConfiguredServers servers;
    private final BoundedCalls calls = new BoundedCalls("check", THREADS);
    private final List<Ordered> checks = new CopyOnWriteArrayList<>();

    private record Ordered(int order, String name, ServerCheck check) {}

    /** Begins with the check of the configuration; others come as services. */
    @Activate
    public CollectedChecks(@Reference ConfiguredServers servers) {
        this.servers = servers;
    }

    @Deactivate
    void deactivate() {
        calls.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCheck(ServerCheck check, Map<String, Object> properties) {
        int order = properties.get(ServerCheck.PROPERTY_ORDER) instanceof Integer number ? number : ORDER_IF_NONE;
        checks.add(new Ordered(order, check.getClass().getSimpleName(), check));
    }

    void removeCheck(ServerCheck check) {
        checks.removeIf(known -> known.check() == check);
    }

    @Override
    public List<CheckResult> check(String name) {
        Configurations now = servers.now();
        CheckResult configuration = configuration(now, name);
        Optional<ServerConfiguration> server = servers.findServer(name);
        if (server.isEmpty()) {
            if (now.problems().containsKey(name)) {
                return List.of(configuration);
            }
            throw unknown(name);
        }
        if (!server.get().active()) {
            return List.of(configuration, INACTIVE);
        }
        Duration timeout = now.checkTimeout();
        List<Ordered> inOrder = checks.stream()
                .sorted(Comparator.comparingInt(Ordered::order).thenComparing(Ordered::name))
                .toList();
        var running = new ArrayList<Future<List<CheckResult>>>();
        inOrder.forEach(check -> running.add(start(check, server.get())));
        var results = new ArrayList<CheckResult>();
        results.add(configuration);
        long deadline = System.nanoTime() + timeout.toNanos();
        for (int i = 0; i < inOrder.size(); i++) {
            results.addAll(await(inOrder.get(i).name(), running.get(i), deadline, timeout));
        }
        return List.copyOf(results);
    }

    private MatriarchException unknown(String name) {
        try {
            servers.requireServer(name);
            return new MatriarchException(
                    ErrorCode.SERVER_UNKNOWN, "server '%s' was configured only now".formatted(name), "try again.");
        } catch (MatriarchException e) {
            return e;
        }
    }

    private Future<List<CheckResult>> start(Ordered check, ServerConfiguration server) {
        try {
            return calls.start(() -> check.check().check(server));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(List.of(new CheckResult(
                    check.name(),
                    Outcome.FAILED,
                    "too many earlier checks are still waiting for an answer",
                    "look in the log for what hangs, or restart the bundle that brings the check.")));
        }
    }

    private static List<CheckResult> await(
            String name, Future<List<CheckResult>> running, long deadline, Duration timeout) {
        try {
            return running.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            return failed(
                    "check timeout",
                    "'%s' has no answer within %d s".formatted(name, timeout.toSeconds()),
                    "see whether the server or the store hangs, or raise 'check_timeout' in etc/org.matriarch.cfg.");
        } catch (InterruptedException e) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            return failed(name, "interrupted", "check again.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MatriarchException known) {
                return failed(name, known.summary(), known.hint());
            }
            LOG.error("check '{}' failed", name, e.getCause());
            return failed(
                    name,
                    "ended by an unexpected error: " + e.getCause(),
                    "report it with the output of server:diagnose and the container's log.");
        }
    }

    private static CheckResult configuration(Configurations now, String name) {
        var problems = new ArrayList<ConfigurationProblem>();
        problems.addAll(now.problems().getOrDefault(name, List.of()));
        problems.addAll(now.problems().getOrDefault("", List.of()));
        if (problems.isEmpty()) {
            return new CheckResult("configuration", Outcome.OK, "", "");
        }
        String kept = now.servers().containsKey(name)
                ? "; the last good configuration stays in force"
                : "; the server is not worked on";
        return new CheckResult(
                "configuration",
                Outcome.FAILED,
                String.join("; ", problems.stream().map(Judgement::line).toList()) + kept,
                "correct 'etc/%s'; it is read again as soon as it is saved."
                        .formatted(problems.get(0).file()));
    }

    private static List<CheckResult> failed(String name, String detail, String hint) {
        return List.of(new CheckResult(name, Outcome.FAILED, detail, hint));
    }
}
