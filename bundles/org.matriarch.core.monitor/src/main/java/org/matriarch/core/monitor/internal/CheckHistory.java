package org.matriarch.core.monitor.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.matriarch.api.event.Event;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;

/**
 * Finds what is new in the results of one server's checks. A check is told of when it failed twice in a row, and when a check
 * that was told of is in order again. Not thread-safe.
 */
final class CheckHistory {

    private final String server;
    private final Set<String> told = new TreeSet<>();
    private Set<String> failedBefore = Set.of();

    CheckHistory(String server) {
        this.server = server;
    }

    /** What follows from a round: what to tell, and whether the next should come soon, since something failed for the first time. */
    record News(List<Event> events, boolean doubtful) {}

    News take(List<CheckResult> results, Instant now) {
        List<CheckResult> failed = results.stream()
                .filter(result -> result.outcome() == Outcome.FAILED)
                .toList();
        Set<String> failedNow = names(failed);
        var events = new ArrayList<Event>();
        List<CheckResult> confirmed = failed.stream()
                .filter(result -> failedBefore.contains(result.name()) && !told.contains(result.name()))
                .toList();
        if (!confirmed.isEmpty()) {
            events.add(event(now, Event.Type.CHECK_FAILED, names(confirmed), reasons(confirmed)));
            told.addAll(names(confirmed));
        }
        Set<String> over = over(results, failedNow);
        if (!over.isEmpty()) {
            events.add(event(now, Event.Type.CHECK_OK, over, "in order again: " + String.join(", ", over)));
            told.removeAll(over);
        }
        boolean doubtful = failedNow.stream().anyMatch(name -> !told.contains(name));
        failedBefore = failedNow;
        return new News(List.copyOf(events), doubtful);
    }

    /** What is not looked at while something else fails, as most is while PostgreSQL is away, counts as failing still. */
    private Set<String> over(List<CheckResult> results, Set<String> failedNow) {
        var over = new TreeSet<>(told);
        over.removeAll(failedNow);
        if (!failedNow.isEmpty()) {
            over.retainAll(names(results));
        }
        return over;
    }

    private Event event(Instant now, Event.Type type, Set<String> names, String message) {
        return new Event(now, type, server, String.join(", ", names), message);
    }

    private static String reasons(List<CheckResult> failed) {
        return failed.stream()
                .map(result -> Optional.of(result.detail())
                        .filter(detail -> !detail.isEmpty())
                        .map(detail -> "%s: %s".formatted(result.name(), detail))
                        .orElse(result.name()))
                .collect(Collectors.joining("; "));
    }

    private static Set<String> names(List<CheckResult> results) {
        return results.stream().map(CheckResult::name).collect(Collectors.toCollection(TreeSet::new));
    }
}
