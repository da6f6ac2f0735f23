package org.matriarch.core.monitor.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.MonitoringSettings;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

@Timeout(60)
final class CheckRoundsTest {

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-20T12:00:00Z"));
    private final FixedServers servers = new FixedServers(server("main", true, Duration.ofMinutes(5)));
    private final RecordingEvents events = new RecordingEvents();
    private final AtomicReference<Outcome> outcome = new AtomicReference<>(Outcome.OK);
    private final AtomicInteger asked = new AtomicInteger();
    private final Rounds threads = new Rounds("test", 8);
    private final CheckRounds rounds = new CheckRounds(servers, this::check, events, clock, threads);

    @AfterEach
    void stop() {
        rounds.deactivate();
    }

    @Test
    void checksAgainAndAgain() {
        rounds.tick();
        assertThat(rounds.last("main")).isEmpty();

        round(Duration.ofMinutes(1));
        assertThat(rounds.last("main").orElseThrow().results())
                .extracting(CheckResult::outcome)
                .containsExactly(Outcome.OK);
        clock.advance(Duration.ofMinutes(4));
        rounds.tick();
        assertThat(asked).hasValue(1);
        round(Duration.ofMinutes(1));
        assertThat(events.events()).isEmpty();
    }

    @Test
    void beginsSoonWithWhoIsCheckedOften() {
        servers.put(server("main", true, Duration.ofSeconds(10)));
        rounds.tick();
        outcome.set(Outcome.FAILED);

        round(Duration.ofSeconds(10));
        round(Duration.ofSeconds(10));

        assertThat(events.subjects(Event.Type.CHECK_FAILED)).containsExactly("wal_level");
    }

    @Test
    void looksAgainSoonAtWhatFailed() {
        rounds.tick();
        outcome.set(Outcome.FAILED);
        round(Duration.ofMinutes(1));
        assertThat(events.events()).isEmpty();

        round(Duration.ofSeconds(30));
        assertThat(events.lines()).containsExactly("CHECK_FAILED main wal_level: wal_level: minimal");

        outcome.set(Outcome.OK);
        round(Duration.ofMinutes(5));
        assertThat(events.subjects(Event.Type.CHECK_OK)).containsExactly("wal_level");
    }

    @Test
    void leavesAloneWhatIsNotToBeChecked() {
        rounds.tick();
        round(Duration.ofMinutes(1));
        servers.put(server("main", false, Duration.ofMinutes(5)));
        servers.put(server("never", true, Duration.ZERO));

        clock.advance(Duration.ofDays(1));
        rounds.tick();

        assertThat(rounds.last("main")).isEmpty();
        assertThat(asked).hasValue(1);
    }

    @Test
    void isNotStoppedByAClockThatIsSetBack() {
        rounds.tick();
        round(Duration.ofMinutes(1));

        clock.set(Instant.parse("2026-11-19T12:00:00Z"));
        rounds.tick();

        await().until(() -> asked.get() == 2);
    }

    @Test
    void goesOnAfterAServerThatCannotBeChecked() {
        rounds.tick();
        outcome.set(Outcome.WARNING);
        round(Duration.ofMinutes(1));
        assertThat(rounds.last("main")).isEmpty();

        outcome.set(Outcome.OK);
        round(Duration.ofMinutes(5));
        assertThat(rounds.last("main")).isPresent();
    }

    @Test
    void waitsWhileEveryThreadIsOccupied() throws InterruptedException {
        var release = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            threads.start(() -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        rounds.tick();
        clock.advance(Duration.ofMinutes(1));
        rounds.tick();
        assertThat(asked).hasValue(0);

        release.countDown();

        await().untilAsserted(() -> {
            rounds.tick();
            assertThat(asked).hasValue(1);
        });
    }

    @Test
    void goesOnAfterARoundThatFailed() {
        var calls = new AtomicInteger();
        threads.every(Duration.ofMillis(1), () -> {
            calls.incrementAndGet();
            throw new IllegalStateException("oops");
        });

        await().until(() -> calls.get() > 2);
    }

    /** Lets the time pass, and one round be over. */
    private void round(Duration pause) {
        int before = asked.get();
        clock.advance(pause);
        await().until(() -> {
            rounds.tick();
            return asked.get() > before;
        });
        await().until(() -> threads.isIdle());
    }

    private List<CheckResult> check(String server) {
        try {
            if (outcome.get() == Outcome.WARNING) {
                throw new MatriarchException(ErrorCode.SERVER_UNKNOWN, "no server '%s'".formatted(server), "wait.");
            }
            return List.of(new CheckResult("wal_level", outcome.get(), "minimal", ""));
        } finally {
            asked.incrementAndGet();
        }
    }

    private static ServerConfiguration server(String name, boolean active, Duration interval) {
        return new ServerBuilder(name, Path.of("/srv"))
                .active(active)
                .monitoring(new MonitoringSettings(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), interval))
                .build();
    }
}
