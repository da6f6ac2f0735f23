package org.matriarch.core.server.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerStatus;
import org.matriarch.api.server.ServerStatuses;
import org.matriarch.api.server.Servers;
import org.matriarch.api.wal.ReceiverStatus;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a server's status together from what PostgreSQL, the catalog, the archive and the receiver say. What one of them
 * does not say within the time limit is left out, and the reason is the status's problem.
 */
@Component(service = ServerStatuses.class, immediate = true)
public final class ComposedStatuses implements ServerStatuses {

    private static final Logger LOG = LoggerFactory.getLogger(ComposedStatuses.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RATE_WINDOW = Duration.ofHours(24);
    private static final Duration RATE_LEAST = Duration.ofMinutes(10);
    private static final int THREADS = 32;

    private final Servers servers;
    private final Neighbours neighbours;
    private final Clock clock;
    private final Duration timeout;
    private final BoundedCalls calls = new BoundedCalls("status", THREADS);

    /** What each server last said of itself, for the time when it says nothing. */
    private final Map<String, ServerFacts> lastFacts = new ConcurrentHashMap<>();

    /** Asks on demand. */
    @Activate
    public ComposedStatuses(@Reference Servers servers, @Reference Neighbours neighbours) {
        this(servers, neighbours, Clock.systemUTC(), TIMEOUT);
    }

    ComposedStatuses(Servers servers, Neighbours neighbours, Clock clock, Duration timeout) {
        this.servers = servers;
        this.neighbours = neighbours;
        this.clock = clock;
        this.timeout = timeout;
    }

    @Deactivate
    void deactivate() {
        calls.close();
    }

    /** What somebody answered, or why not. */
    private record Answer<T>(Optional<T> value, Optional<String> problem) {

        static <T> Answer<T> of(T value) {
            return new Answer<>(Optional.of(value), Optional.empty());
        }

        static <T> Answer<T> missing(String problem) {
            return new Answer<>(Optional.empty(), Optional.of(problem));
        }
    }

    /** How a question is put. */
    private interface Question<T> {

        Optional<T> ask();
    }

    @Override
    public ServerStatus status(String name) {
        ServerConfiguration server = servers.requireServer(name);
        long deadline = System.nanoTime() + timeout.toNanos();
        var facts = start(() -> neighbours.connections().map(service -> service.facts(server)));
        var backups = start(() -> neighbours.catalog().map(service -> service.backups(name)));
        var wal = start(() -> neighbours
                .repositories()
                .map(service -> service.repository(server).wal().entries()));
        var receiver = start(() -> neighbours.receivers().map(service -> service.status(name)));
        return compose(
                server,
                await("PostgreSQL", facts, deadline),
                await("the catalog", backups, deadline),
                await("the WAL archive", wal, deadline),
                await("the WAL receiver", receiver, deadline));
    }

    private ServerStatus compose(
            ServerConfiguration server,
            Answer<ServerFacts> facts,
            Answer<List<Backup>> backupsAnswer,
            Answer<List<WalEntry>> walAnswer,
            Answer<ReceiverStatus> receiverAnswer) {
        facts.value().ifPresent(known -> lastFacts.put(server.name(), known));
        Optional<ServerFacts> known = Optional.ofNullable(lastFacts.get(server.name()));
        List<Backup> backups = backupsAnswer.value().orElse(List.of());
        List<Backup> whole = backups.stream()
                .filter(backup -> backup.status() == BackupStatus.DONE)
                .toList();
        Optional<Backup> newest = whole.stream().max(Comparator.comparing(Backup::id));
        List<WalEntry> wal = walAnswer.value().orElse(List.of());
        Optional<WalEntry> lastWal = wal.stream()
                .filter(entry -> entry.name().isSegment())
                .max(Comparator.comparing(WalEntry::archived).thenComparing(WalEntry::name));
        ReceiverStatus receiver = receiverAnswer.value().orElseGet(() -> noReceiver(server, receiverAnswer));
        return new ServerStatus(
                server.name(),
                server.description(),
                server.active(),
                facts.value().isPresent(),
                facts.problem().or(backupsAnswer::problem).or(walAnswer::problem),
                known.map(value -> value.version().toString())
                        .or(() -> newest.map(backup -> backup.source().version().toString())),
                known.map(ServerFacts::systemId)
                        .or(() -> newest.map(backup -> backup.source().systemId())),
                known.map(ServerFacts::timeline),
                known.map(ServerFacts::inRecovery),
                facts.value().flatMap(ServerFacts::currentLsn),
                known.map(ServerFacts::databaseSizeBytes).orElse(0L),
                backups.size(),
                whole.size(),
                server.repository().minimumRedundancy(),
                newest.map(backup -> backup.id().value()),
                newest.flatMap(backup -> backup.span().endTime()),
                whole.stream()
                        .flatMap(backup -> backup.span().endTime().stream())
                        .min(Comparator.naturalOrder()),
                wal.size(),
                wal.stream().mapToLong(WalEntry::storedBytes).sum(),
                lastWal.map(entry -> entry.name().value()),
                lastWal.map(WalEntry::archived),
                rate(wal),
                lag(facts.value(), receiver),
                receiver);
    }

    /** Returns segments per hour over the last day, or over the time since the first of them. */
    private double rate(List<WalEntry> wal) {
        Instant now = clock.instant();
        List<Instant> recent = wal.stream()
                .filter(entry -> entry.name().isSegment())
                .map(WalEntry::archived)
                .filter(time -> time.isAfter(now.minus(RATE_WINDOW)))
                .sorted()
                .toList();
        if (recent.isEmpty()) {
            return 0;
        }
        long elapsed = Math.max(Duration.between(recent.get(0), now).toMillis(), RATE_LEAST.toMillis());
        return recent.size() * (double) Duration.ofHours(1).toMillis() / elapsed;
    }

    private static Optional<Long> lag(Optional<ServerFacts> facts, ReceiverStatus receiver) {
        Optional<Lsn> end = facts.flatMap(ServerFacts::currentLsn).or(receiver::serverEnd);
        return receiver.flushed().flatMap(flushed -> end.map(lsn -> Math.max(0, lsn.minus(flushed))));
    }

    private ReceiverStatus noReceiver(ServerConfiguration server, Answer<ReceiverStatus> answer) {
        return new ReceiverStatus(
                server.name(),
                ReceiverStatus.State.STOPPED,
                clock.instant(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                answer.problem());
    }

    private <T> Optional<Future<Optional<T>>> start(Question<T> question) {
        try {
            return Optional.of(calls.start(question::ask));
        } catch (RejectedExecutionException e) {
            return Optional.empty();
        }
    }

    private <T> Answer<T> await(String whom, Optional<Future<Optional<T>>> question, long deadline) {
        if (question.isEmpty()) {
            return Answer.missing("%s was not asked: too many earlier questions are unanswered".formatted(whom));
        }
        Future<Optional<T>> answer = question.get();
        try {
            return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .map(Answer::of)
                    .orElseGet(() -> Answer.missing("%s cannot be asked: its bundle is not active".formatted(whom)));
        } catch (TimeoutException e) {
            answer.cancel(true);
            return Answer.missing("%s has no answer within %d s".formatted(whom, timeout.toSeconds()));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return Answer.missing("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MatriarchException known) {
                return Answer.missing(known.summary());
            }
            LOG.error("unable to ask {}", whom, e.getCause());
            return Answer.missing("%s answered with an unexpected error: %s".formatted(whom, e.getCause()));
        }
    }
}
