package org.matriarch.core.schedule.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.matriarch.api.schedule.CronSchedule;

/** What is due, for every way in which time can pass. */
final class DueRunsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** Begins: when the run was due that begins. Missed: how many, from, to. Until: where to look on from. */
    @ParameterizedTest(name = "{0}: {1} {2} {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                // what                     schedule   settled             now                   begins
                // missed  from               to                 until
                "nothing due yet          | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-11T02:59:59Z |                   | 0     |                   |                   | 2026-03-10T03:00Z",
                "due now                  | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-11T03:00Z    | 2026-03-11T03:00Z | 0     |                   |                   | 2026-03-10T03:00Z",
                "due a moment ago         | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-11T03:05Z    | 2026-03-11T03:00Z | 0     |                   |                   | 2026-03-10T03:00Z",
                "too late by a moment     | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-11T03:05:01Z |                   | 1     | 2026-03-11T03:00Z | 2026-03-11T03:00Z | 2026-03-11T03:00Z",
                "begun already            | 0 3 * * * | 2026-03-11T03:00Z | 2026-03-11T03:00:01Z |                   | 0     |                   |                   | 2026-03-11T03:00Z",
                "down for a night         | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-11T12:00Z    |                   | 1     | 2026-03-11T03:00Z | 2026-03-11T03:00Z | 2026-03-11T03:00Z",
                "down for some nights     | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-14T12:00Z    |                   | 4     | 2026-03-11T03:00Z | 2026-03-14T03:00Z | 2026-03-14T03:00Z",
                "down, up just in time    | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-14T03:01Z    | 2026-03-14T03:00Z | 3     | 2026-03-11T03:00Z | 2026-03-13T03:00Z | 2026-03-13T03:00Z",
                "down for three minutes   | * * * * * | 2026-03-10T03:00Z | 2026-03-10T03:03:20Z | 2026-03-10T03:03Z | 2     | 2026-03-10T03:01Z | 2026-03-10T03:02Z | 2026-03-10T03:02Z",
                "put forward by an hour   | * * * * * | 2026-03-10T03:00Z | 2026-03-10T04:00Z    | 2026-03-10T04:00Z | 59    | 2026-03-10T03:01Z | 2026-03-10T03:59Z | 2026-03-10T03:59Z",
                "put back by an hour      | * * * * * | 2026-03-10T03:00Z | 2026-03-10T02:00Z    |                   | 0     |                   |                   | 2026-03-10T03:00Z",
                "put back by three hours  | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-10T00:00Z    |                   | 0     |                   |                   | 2026-03-10T03:00Z",
                "put back by a day        | 0 3 * * * | 2026-03-10T03:00Z | 2026-03-09T04:00Z    |                   | 0     |                   |                   | 2026-03-09T04:00Z",
                "put back by years        | * * * * * | 2036-03-10T03:00Z | 2026-03-09T04:00:30Z |                   | 0     |                   |                   | 2026-03-09T04:00:30Z",
            })
    void finds(
            String what,
            String schedule,
            String settled,
            String now,
            String begins,
            long missed,
            String from,
            String to,
            String until) {
        DueRuns due = DueRuns.at(CronSchedule.parse(schedule), ZoneOffset.UTC, time(settled), time(now), PATIENCE);

        assertThat(due.toBegin()).as(what).isEqualTo(Optional.ofNullable(begins).map(DueRunsTest::time));
        assertThat(due.until()).as(what).isEqualTo(time(until));
        assertThat(due.missed().map(RunRecord.Missed::runs).orElse(0L)).as(what).isEqualTo(missed);
        assertThat(due.missed().map(RunRecord.Missed::first))
                .isEqualTo(Optional.ofNullable(from).map(DueRunsTest::time));
        assertThat(due.missed().map(RunRecord.Missed::last))
                .isEqualTo(Optional.ofNullable(to).map(DueRunsTest::time));
    }

    @Test
    void doesNotCountForEver() {
        CronSchedule everyMinute = CronSchedule.parse("* * * * *");
        Instant settled = Instant.parse("1996-03-10T03:00:00Z");
        Instant now = Instant.parse("2026-03-10T03:00:30Z");

        DueRuns due = DueRuns.at(everyMinute, ZoneId.of("Europe/Berlin"), settled, now, PATIENCE);

        assertThat(due.toBegin()).contains(Instant.parse("2026-03-10T03:00:00Z"));
        assertThat(due.missed().orElseThrow().text())
                .isEqualTo("more than 1000 runs from 1996-03-10T03:01:00Z on (%s)".formatted(DueRuns.REASON));
        assertThat(due.until()).isEqualTo(Instant.parse("2026-03-10T02:59:00Z"));
    }

    @Test
    void leavesNothingToCountBehind() {
        CronSchedule hours = CronSchedule.parse("0 0-11 * * *");
        Instant now = Instant.parse("2026-03-10T23:00:30Z");

        DueRuns due = DueRuns.at(hours, ZoneOffset.UTC, Instant.EPOCH, now, PATIENCE);

        assertThat(due.toBegin()).isEmpty();
        assertThat(due.missed()).isPresent();
        assertThat(DueRuns.at(hours, ZoneOffset.UTC, due.until(), now, PATIENCE).missed())
                .isEmpty();
    }

    private static Instant time(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
