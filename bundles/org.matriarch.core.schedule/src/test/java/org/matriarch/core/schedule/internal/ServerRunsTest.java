package org.matriarch.core.schedule.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.schedule.CronSchedule;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.time.MutableClock;

/** Scheduled backups of one server, second by second on a clock that the test moves. */
final class ServerRunsTest {

    private static final Optional<MatriarchException> NOTHING = Optional.empty();

    private final Path directory;
    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-10T02:59:00Z"));
    private final DirectJobs jobs = DirectJobs.threaded();
    private final StartedBackups backups = new StartedBackups(jobs);
    private final RecordingEvents events = new RecordingEvents();
    private boolean ours = true;
    private ServerRuns runs;

    ServerRunsTest(@TempDir Path directory) {
        this.directory = directory;
        runs = start("0 3 * * *", Duration.ZERO);
    }

    @BeforeEach
    void looksFirst() {
        runs.look();
    }

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void beginsOnceWhenItIsTime() {
        assertThat(backups.begun()).isZero();
        assertThat(runs.next()).isEqualTo(Instant.parse("2026-03-10T03:00:00Z"));

        pass(Duration.ofMinutes(10));

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(runs.next()).isEqualTo(Instant.parse("2026-03-11T03:00:00Z"));
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void remembersWhatBecameOfIt() throws InterruptedException {
        pass(Duration.ofMinutes(2));
        backups.end(Optional.of(new MatriarchException(ErrorCode.STORE_FULL, "the disk is full", "make room.")));
        runs.look();
        assertThat(runs.record().failed())
                .contains(new RunRecord.Failed(Instant.parse("2026-03-10T03:00:00Z"), 1, "the disk is full"));
        assertThat(runs.record().succeeded()).isEmpty();

        clock.set(Instant.parse("2026-03-11T03:00:00Z"));
        runs.look();
        backups.end(NOTHING);
        runs.look();

        assertThat(runs.record().failed()).isEmpty();
        assertThat(runs.record().succeeded()).contains(Instant.parse("2026-03-11T03:00:00Z"));
        assertThat(backups.begun()).isEqualTo(2);
    }

    @Test
    void takesACancelledJobForAFailure() {
        pass(Duration.ofMinutes(2));
        jobs.close();

        runs.look();

        assertThat(runs.record().failed().map(RunRecord.Failed::error).orElseThrow())
                .isNotEmpty();
    }

    @Test
    void doesNotWaitForAJobThatNobodyKnows() {
        pass(Duration.ofMinutes(2));
        jobs.close();
        jobs.forget();

        runs.look();

        assertThat(runs.record().failed().map(RunRecord.Failed::error)).contains("its job is no longer in the history");
    }

    @Test
    void missesARunWhileAnotherBackupRuns() throws InterruptedException {
        runs = start("* * * * *", Duration.ZERO);
        pass(Duration.ofMinutes(3).plusSeconds(1));

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.lines())
                .containsExactly(
                        "BACKUP_MISSED main 2026-03-10T03:01:00Z: missed the run of 2026-03-10T03:01:00Z (another backup"
                                + " was running)",
                        "BACKUP_MISSED main 2026-03-10T03:02:00Z: missed the run of 2026-03-10T03:02:00Z (another backup"
                                + " was running)");
        assertThat(runs.record().missed().orElseThrow().text())
                .isEqualTo("2 runs from 2026-03-10T03:01:00Z to 2026-03-10T03:02:00Z (another backup was running)");

        backups.end(NOTHING);
        runs.look();
        assertThat(runs.record().missed()).isPresent(); // they were due after the one that succeeded
        pass(Duration.ofMinutes(1));
        backups.end(NOTHING);
        runs.look();
        assertThat(runs.record().missed()).isEmpty();
        assertThat(backups.begun()).isEqualTo(2);
    }

    @Test
    void saysWhyABackupWasRefused() {
        backups.refuse(Optional.of(new MatriarchException(ErrorCode.BACKUP_REFUSED, "it cannot be", "see.")));

        pass(Duration.ofMinutes(2));

        assertThat(events.subjects(Event.Type.BACKUP_MISSED)).containsExactly("2026-03-10T03:00:00Z");
        assertThat(runs.record().missed().orElseThrow().reason()).isEqualTo("it cannot be");
    }

    @Test
    void leavesToTheNextStartWhatAStoppingContainerRefuses() {
        backups.refuse(Optional.of(new MatriarchException(ErrorCode.JOB_INTERRUPTED, "it is stopping", "see.")));
        pass(Duration.ofMinutes(2));
        assertThat(events.lines()).isEmpty();

        backups.refuse(NOTHING);
        runs = start("0 3 * * *", Duration.ZERO);
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
    }

    @Test
    void reportsWhatWasMissedWhileTheContainerWasDown() {
        clock.set(Instant.parse("2026-03-12T12:00:00Z"));
        runs = start("0 3 * * *", Duration.ZERO);

        runs.look();
        runs.look();

        assertThat(backups.begun()).isZero();
        assertThat(events.lines())
                .containsExactly("BACKUP_MISSED main 2026-03-12T03:00:00Z: missed 3 runs from 2026-03-10T03:00:00Z to"
                        + " 2026-03-12T03:00:00Z (the container was down, or its clock was put forward)");
        runs = start("0 3 * * *", Duration.ZERO);
        runs.look();
        assertThat(events.lines()).hasSize(1);
        assertThat(runs.record().missed()).isPresent();
    }

    @Test
    void leavesRunsToTheContainerInCharge() {
        ours = false;
        pass(Duration.ofHours(30));

        assertThat(backups.begun()).isZero();
        assertThat(events.lines()).isEmpty();
        assertThat(runs.record().missed()).isEmpty();
        assertThat(runs.record().settled()).isEqualTo(Instant.parse("2026-03-11T03:00:00Z"));
    }

    @Test
    void takesARunOverThatMayStillBegin() {
        ours = false;
        pass(Duration.ofMinutes(3));
        ours = true;

        pass(Duration.ofMinutes(1));

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void waitsForADiskThatHangs() {
        var tasks = new ArrayDeque<Runnable>();
        var charges = new Charges(name -> true, tasks::add);
        runs = new ServerRuns(
                "main",
                CronSchedule.parse("0 3 * * *"),
                Duration.ZERO,
                new ServerRuns.Work(backups, jobs, events, charges),
                new RunRecords(directory),
                clock,
                new Random(1));
        pass(Duration.ofMinutes(2));
        assertThat(backups.begun()).isZero();
        assertThat(tasks).hasSize(1);

        tasks.remove().run();
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
    }

    @Test
    void isNotLateAfterAShortRestart() {
        clock.set(Instant.parse("2026-03-10T03:04:00Z"));
        runs = start("0 3 * * *", Duration.ZERO);

        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void doesNotBeginAgainAfterARestart() {
        pass(Duration.ofMinutes(2));
        runs = start("0 3 * * *", Duration.ZERO);

        pass(Duration.ofMinutes(2));

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void reportsNothingOfAScheduleThatIsNew() {
        clock.set(Instant.parse("2026-03-12T12:00:00Z"));
        runs = start("0 4 * * *", Duration.ZERO);
        runs.look();
        assertThat(events.lines()).isEmpty();

        runs.configure(CronSchedule.parse("0 13 * * *"), Duration.ZERO);
        runs.look();
        clock.set(Instant.parse("2026-03-12T13:00:00Z"));
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(runs.schedule()).hasToString("0 13 * * *");
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void beginsLaterByTheJitterAtMost() {
        runs = start("0 3 * * *", Duration.ofMinutes(10));

        clock.set(Instant.parse("2026-03-10T03:00:00Z"));
        runs.look();
        int atOnce = backups.begun();
        pass(Duration.ofMinutes(10).plusSeconds(2));

        assertThat(atOnce).isZero();
        assertThat(backups.begun()).isEqualTo(1);
    }

    @Test
    void drawsAnotherDelayWhenTheJitterChanges() {
        runs = start("0 3 * * *", Duration.ofHours(10));
        clock.set(Instant.parse("2026-03-10T03:00:00Z"));
        runs.look();
        assertThat(backups.begun()).isZero();

        runs.configure(CronSchedule.parse("0 3 * * *"), Duration.ZERO);
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
    }

    @Test
    void keepsARunThatIsDelayedThroughARestart() {
        runs = start("0 3 * * *", Duration.ofMinutes(30));
        clock.set(Instant.parse("2026-03-10T03:00:00Z"));
        runs.look();

        clock.set(Instant.parse("2026-03-10T03:33:00Z"));
        runs = start("0 3 * * *", Duration.ofMinutes(30));
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void beginsNothingTwiceWhenTheClockIsPutBack() throws InterruptedException {
        runs = start("*/10 * * * *", Duration.ZERO);
        pass(Duration.ofMinutes(2));
        backups.end(NOTHING);
        clock.set(Instant.parse("2026-03-10T02:00:00Z"));

        pass(Duration.ofHours(1).plusMinutes(9));

        assertThat(backups.begun()).isEqualTo(1);
        pass(Duration.ofMinutes(2));
        assertThat(backups.begun()).isEqualTo(2);
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void goesOnWhenTheClockWasWrongBefore() throws InterruptedException {
        clock.set(Instant.parse("2031-03-10T03:00:00Z"));
        runs.look();
        backups.end(NOTHING);
        clock.set(Instant.parse("2026-03-10T02:59:30Z"));
        runs.look();

        pass(Duration.ofMinutes(1));

        assertThat(backups.begun()).isEqualTo(2);
        assertThat(runs.record().settled()).isEqualTo(Instant.parse("2026-03-10T03:00:00Z"));
    }

    @Test
    void forgetsADelayedRunWhenTheClockWasWrong() {
        runs = start("0 3 * * *", Duration.ofDays(400));
        clock.set(Instant.parse("2031-03-10T03:00:00Z"));
        runs.look();

        clock.set(Instant.parse("2026-03-10T02:59:00Z"));
        runs.look();
        pass(Duration.ofHours(1));

        assertThat(backups.begun()).isZero(); // delayed again, as it is a run like any other
    }

    @Test
    void beginsOneRunOnlyWhenTheClockIsPutForward() {
        runs = start("* * * * *", Duration.ZERO);
        clock.set(Instant.parse("2026-03-11T03:00:10Z"));

        runs.look();
        runs.look();

        assertThat(backups.begun()).isEqualTo(1);
        assertThat(events.events()).hasSize(1);
        assertThat(runs.record().missed().orElseThrow().runs()).isEqualTo(1001);
    }

    private ServerRuns start(String schedule, Duration jitter) {
        return new ServerRuns(
                "main",
                CronSchedule.parse(schedule),
                jitter,
                new ServerRuns.Work(backups, jobs, events, new Charges(name -> ours, Runnable::run)),
                new RunRecords(directory),
                clock,
                new Random(1));
    }

    /** Lets time pass in steps of half a minute, looking at each. */
    private void pass(Duration time) {
        Instant end = clock.instant().plus(time);
        while (clock.instant().isBefore(end)) {
            Duration left = Duration.between(clock.instant(), end);
            clock.advance(left.compareTo(Duration.ofSeconds(30)) < 0 ? left : Duration.ofSeconds(30));
            runs.look();
        }
    }
}
