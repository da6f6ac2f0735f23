package org.matriarch.core.monitor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.monitor.ServerSample;
import org.matriarch.api.monitor.WalTotals;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.repository.WalArchive;
import org.matriarch.api.repository.WalEntry;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalQueue;
import org.matriarch.api.wal.WalReceivers;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

@Timeout(60)
final class SampledServersTest {

    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private final MutableClock clock = new MutableClock(START);
    private final FixedServers servers = new FixedServers(new ServerBuilder("main", Path.of("/srv")).build());
    private final AtomicReference<Optional<MatriarchException>> trouble = new AtomicReference<>(Optional.empty());
    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch forEver = new CountDownLatch(1);
    private final Rounds threads = new Rounds("test", 8);
    private final CheckRounds checks =
            new CheckRounds(servers, server -> List.of(), new RecordingEvents(), clock, new Rounds("check", 1));
    private final SampledServers samples = new SampledServers(servers, sources(), checks, clock, threads);

    /** What a stand-in for a service does. */
    private interface Answer {
        Object give() throws Throwable;
    }

    @AfterEach
    void stop() {
        forEver.countDown();
        samples.deactivate();
        checks.deactivate();
    }

    @Test
    void looksOnceUnasked() {
        assertThat(sample().facts()).isEmpty();
        assertThat(sample().reachable()).isEmpty();

        look(System.nanoTime());

        ServerSample sample = sample();
        assertThat(sample.reachable()).contains(true);
        assertThat(sample.facts().orElseThrow().time()).isEqualTo(START);
        assertThat(sample.backups().orElseThrow().value()).isEmpty();
        assertThat(sample.wal().orElseThrow().value())
                .isEqualTo(new WalTotals(2, 3000, Optional.of(START.minusSeconds(60))));
        assertThat(sample.queue().orElseThrow().value()).isEqualTo(new WalQueue(1, 2, 3));
        assertThat(sample.receiver().orElseThrow().value().state()).isEqualTo(ReceiverStatus.State.STOPPED);
        assertThat(sample.checks()).isEmpty();
    }

    @Test
    void looksAgainOnlyWhileSomebodyWantsToKnow() {
        look(System.nanoTime());
        look(System.nanoTime());
        assertThat(asked).hasValue(1);

        sample();
        look(System.nanoTime());
        assertThat(asked).hasValue(2);

        look(System.nanoTime() + Duration.ofMinutes(11).toNanos());
        assertThat(asked).hasValue(2);
    }

    @Test
    void keepsWhatItSawOfWhoDoesNotAnswer() {
        sample();
        look(System.nanoTime());
        clock.advance(Duration.ofMinutes(1));
        trouble.set(Optional.of(new MatriarchException(ErrorCode.POSTGRES_UNREACHABLE, "away", "wait.")));

        look(System.nanoTime());

        assertThat(sample().reachable()).contains(false);
        assertThat(sample().facts().orElseThrow().time()).isEqualTo(START);
        assertThat(sample().wal().orElseThrow().time()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void asksNobodyASecondTimeWhoHasNotAnswered() {
        var seen = new LastSeen<String>();
        var calls = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            seen.ask(
                    () -> {
                        calls.incrementAndGet();
                        awaitForEver();
                        return Optional.of("answer");
                    },
                    threads,
                    clock);
        }

        await().until(() -> calls.get() > 0);
        assertThat(seen.answers()).isEmpty();
        forEver.countDown();
        await().untilAsserted(() -> assertThat(seen.answers()).contains(true));
        assertThat(calls).hasValue(1);
    }

    @Test
    void waitsWhileEveryThreadIsOccupied() {
        for (int i = 0; i < 8; i++) {
            threads.start(this::awaitForEver);
        }
        var seen = new LastSeen<String>();

        seen.ask(() -> Optional.of("answer"), threads, clock);
        assertThat(seen.answers()).isEmpty();
        forEver.countDown();

        await().untilAsserted(() -> {
            seen.ask(() -> Optional.of("answer"), threads, clock);
            assertThat(seen.seen()).isPresent();
        });
    }

    @Test
    void doesNotAskAnInactiveServer() {
        servers.put(new ServerBuilder("main", Path.of("/srv")).active(false).build());

        look(System.nanoTime());

        assertThat(asked).hasValue(0);
        assertThat(sample().backups()).isPresent();
    }

    @Test
    void goesOnWithWhoeverIsThere() {
        var alone = new SampledServers(servers, new Sources(), checks, clock, threads);

        alone.tick(System.nanoTime());
        await().until(threads::isIdle);

        assertThat(alone.samples().get(0).wal()).isEmpty();
        assertThat(alone.samples().get(0).reachable()).contains(false);
    }

    private ServerSample sample() {
        return samples.samples().get(0);
    }

    private void look(long nanos) {
        samples.tick(nanos);
        await().until(threads::isIdle);
    }

    private void awaitForEver() {
        try {
            forEver.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Sources sources() {
        WalArchive archive = standIn(
                WalArchive.class,
                "entries",
                () -> List.of(
                        new WalEntry(
                                new WalFileName("00000001000000000000000A"),
                                1000,
                                START.minusSeconds(60),
                                Optional.empty()),
                        new WalEntry(new WalFileName("00000002.history"), 2000, START, Optional.empty())));
        Repository repository = standIn(Repository.class, "wal", () -> archive);
        return new Sources(
                standIn(PostgresConnections.class, "facts", () -> {
                    asked.incrementAndGet();
                    if (trouble.get().isPresent()) {
                        throw trouble.get().get();
                    }
                    return facts();
                }),
                standIn(BackupCatalog.class, "backups", List::of),
                standIn(Repositories.class, "repository", () -> repository),
                standIn(
                        WalReceivers.class,
                        "status",
                        () -> new ReceiverStatus(
                                "main",
                                ReceiverStatus.State.STOPPED,
                                START,
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())),
                server -> new WalQueue(1, 2, 3));
    }

    private static ServerFacts facts() {
        return new ServerFacts(
                new PostgresVersion(170_002),
                "7000",
                1,
                16 << 20,
                START,
                false,
                Optional.of(Lsn.ZERO),
                0,
                false,
                true,
                true,
                List.of(),
                Map.of());
    }

    private static <T> T standIn(Class<T> type, String method, Answer answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return answer.give();
                    }
                    throw new UnsupportedOperationException(called.toString());
                }));
    }
}
