package org.matriarch.core.server.internal;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** How old the newest WAL of the archive is, and how much there is. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=400")
public final class WalAgeCheck implements ServerCheck {

    private static final String MAXIMUM_AGE = "wal maximum age";
    private static final String SIZE = "wal size";

    private final Neighbours neighbours;
    private final Clock clock;

    /** Asks the archive, if there is one. */
    @Activate
    public WalAgeCheck(@Reference Neighbours neighbours) {
        this(neighbours, Clock.systemUTC());
    }

    WalAgeCheck(Neighbours neighbours, Clock clock) {
        this.neighbours = neighbours;
        this.clock = clock;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        try {
            return neighbours
                    .repositories()
                    .map(repositories -> check(server, repositories))
                    .orElseGet(
                            () -> unknown("the repositories are not installed", "install the feature matriarch-core."));
        } catch (MatriarchException e) {
            return unknown(e.summary(), e.hint());
        }
    }

    private List<CheckResult> check(ServerConfiguration server, Repositories repositories) {
        List<WalEntry> entries = repositories.repository(server).wal().entries();
        long bytes = entries.stream().mapToLong(WalEntry::storedBytes).sum();
        return List.of(
                age(server, entries),
                new CheckResult(
                        SIZE,
                        Outcome.OK,
                        "%s, %s".formatted(Words.count(entries.size(), "file"), Words.size(bytes)),
                        ""));
    }

    private CheckResult age(ServerConfiguration server, List<WalEntry> entries) {
        Optional<Duration> limit = server.monitoring().lastWalMaximumAge();
        Optional<WalEntry> newest = entries.stream()
                .filter(entry -> entry.name().isSegment())
                .max(Comparator.comparing(WalEntry::archived));
        if (newest.isEmpty()) {
            return result(limit.isEmpty(), "no WAL is archived yet", server);
        }
        Duration age = Duration.between(newest.get().archived(), clock.instant());
        String detail = "the newest was archived %s ago".formatted(Words.age(age));
        return limit.map(most -> result(
                        age.compareTo(most) <= 0, "%s, allowed are %s".formatted(detail, Words.age(most)), server))
                .orElseGet(() -> result(true, detail, server));
    }

    private static CheckResult result(boolean good, String detail, ServerConfiguration server) {
        return new CheckResult(
                MAXIMUM_AGE,
                good ? Outcome.OK : Outcome.FAILED,
                detail,
                good
                        ? ""
                        : "see the other checks of WAL; of a server that nobody writes to, set archive_timeout, or run 'wal:switch %s --force'."
                                .formatted(server.name()));
    }

    private static List<CheckResult> unknown(String detail, String hint) {
        return List.of(
                new CheckResult(MAXIMUM_AGE, Outcome.FAILED, detail, hint),
                new CheckResult(SIZE, Outcome.FAILED, detail, hint));
    }
}
