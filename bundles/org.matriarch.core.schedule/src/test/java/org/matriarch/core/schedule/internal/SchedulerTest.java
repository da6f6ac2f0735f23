package org.matriarch.core.schedule.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.schedule.CronSchedule;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.ScheduleSettings;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.time.MutableClock;

/** Which servers have a schedule, and what server:check says of it. */
final class SchedulerTest {

    private static final Optional<MatriarchException> NOTHING = Optional.empty();

    private final Path directory;
    private final MutableClock clock = new MutableClock(Instant.parse("2026-03-10T02:59:00Z"));
    private final DirectJobs jobs = DirectJobs.threaded();
    private final StartedBackups backups = new StartedBackups(jobs);
    private final FixedServers servers = new FixedServers(main("0 3 * * *", Duration.ZERO));
    private final Keeper keeper = new Keeper(jobs);
    private final Rounds rounds = new Rounds(servers, new Round(keeper, keeper, keeper, jobs, clock));
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Scheduler scheduler;
    private final ScheduleCheck check;

    SchedulerTest(@TempDir Path directory) {
        this.directory = directory;
        scheduler = new Scheduler(
                servers,
                new ServerRuns.Work(backups, jobs, new RecordingEvents(), new Charges(name -> true, Runnable::run)),
                rounds,
                directory.resolve("schedule"),
                clock,
                timer);
        check = new ScheduleCheck(scheduler, rounds, jobs);
    }

    @AfterEach
    void stop() {
        scheduler.stop();
        rounds.stop();
        jobs.close();
    }

    @Test
    void followsTheConfiguration() {
        assertThat(scheduler.runsOf("main")).isEmpty();
        scheduler.look();
        assertThat(backups.begun()).isZero();

        change(main("0 3 * * *", Duration.ZERO));
        assertThat(scheduler.runsOf("main").orElseThrow().next()).isEqualTo("2026-03-10T03:00:00Z");
        change(main("0 4 * * *", Duration.ZERO));
        assertThat(scheduler.runsOf("main").orElseThrow().next()).isEqualTo("2026-03-10T04:00:00Z");
        assertThat(directory.resolve("schedule/main.json")).exists();

        change(new ServerBuilder("main", directory).build());
        assertThat(scheduler.runsOf("main")).isEmpty();
        assertThat(directory.resolve("schedule/main.json")).doesNotExist();
    }

    @Test
    void backsUpNoServerThatIsNotActiveOrGone() {
        change(main("0 3 * * *", Duration.ZERO));
        change(new ServerBuilder("main", directory)
                .active(false)
                .schedule(new ScheduleSettings(Optional.of(CronSchedule.parse("0 3 * * *")), Duration.ZERO, true))
                .build());
        assertThat(scheduler.runsOf("main")).isEmpty();

        change(main("0 3 * * *", Duration.ZERO));
        servers.remove("main");
        scheduler.serverChanged("main");
        await().until(() -> scheduler.runsOf("main").isEmpty());
        assertThat(results()).isEmpty();
    }

    @Test
    void takesNoChangeOnceItIsStopped() {
        scheduler.stop();

        scheduler.serverChanged("main");

        assertThat(scheduler.runsOf("main")).isEmpty();
    }

    @Test
    void goesOnAfterAFault() {
        change(main("* * * * *", Duration.ZERO));
        clock.advance(Duration.ofMinutes(1));
        backups.breakDown(true);
        scheduler.look();
        scheduler.look();
        backups.breakDown(false);

        scheduler.look();

        assertThat(backups.begun()).isEqualTo(1);
    }

    @Test
    void saysWhenTheNextBackupIs() {
        change(main("0 3 * * *", Duration.ZERO));
        assertThat(results())
                .containsExactly(new CheckResult(
                        "backup schedule", CheckResult.Outcome.OK, "next run at 2026-03-10T03:00:00Z", ""));

        change(main("0 3 * * *", Duration.ofMinutes(90)));
        assertThat(results().get(0).detail()).isEqualTo("next run at 2026-03-10T03:00:00Z, or up to 1h30m later");
    }

    @Test
    void warnsOfWhatWasMissedUntilThereIsABackup() throws InterruptedException {
        change(main("0 3 * * *", Duration.ZERO));
        clock.set(Instant.parse("2026-03-10T12:00:00Z"));
        scheduler.look();

        assertThat(results())
                .containsExactly(new CheckResult(
                        "backup schedule",
                        CheckResult.Outcome.WARNING,
                        "missed the run of 2026-03-10T03:00:00Z (the container was down, or its clock was put forward); no"
                                + " scheduled backup was successful yet; next run at 2026-03-11T03:00:00Z",
                        "take one now with 'backup:create main' if it cannot wait; see 'job:list'."));

        clock.set(Instant.parse("2026-03-11T03:00:00Z"));
        scheduler.look();
        assertThat(results().get(0).outcome()).isEqualTo(CheckResult.Outcome.WARNING);
        backups.end(NOTHING);
        scheduler.look();
        assertThat(results().get(0).outcome()).isEqualTo(CheckResult.Outcome.OK);
    }

    @Test
    void warnsOfAFailureUntilThereIsABackupEvenByHand() throws InterruptedException {
        change(main("0 3 * * *", Duration.ZERO));
        clock.set(Instant.parse("2026-03-10T03:00:00Z"));
        scheduler.look();
        backups.end(NOTHING);
        jobs.forget();
        scheduler.look();
        change(main("0 3 * * *", Duration.ZERO));
        clock.set(Instant.parse("2026-03-11T03:00:00Z"));
        scheduler.look();
        backups.end(Optional.of(new MatriarchException(ErrorCode.BACKUP_FAILED, "it broke", "see.")));
        scheduler.look();

        assertThat(results().get(0).detail())
                .startsWith("the run of 2026-03-11T03:00:00Z failed (job 1: it broke); ")
                .endsWith("; next run at 2026-03-12T03:00:00Z");

        backups.create("main", BackupOptions.CONFIGURED);
        assertThat(results().get(0).outcome()).isEqualTo(CheckResult.Outcome.WARNING);
        backups.end(NOTHING);
        assertThat(results().get(0).outcome()).isEqualTo(CheckResult.Outcome.OK);
    }

    @Test
    void namesTheLastSuccess() throws InterruptedException {
        clock.set(Instant.parse("2126-03-10T02:59:00Z"));
        change(main("0 3 * * *", Duration.ZERO));
        clock.set(Instant.parse("2126-03-10T03:00:00Z"));
        scheduler.look();
        backups.end(NOTHING);
        scheduler.look();
        clock.set(Instant.parse("2126-03-11T12:00:00Z"));
        scheduler.look();

        assertThat(results().get(0).detail())
                .contains("; the last successful scheduled backup is that of 2126-03-10T03:00:00Z; ");
    }

    @Test
    void warnsOfMaintenanceThatIsNotDone() {
        keeper.beforePlan = () -> {
            throw new MatriarchException(ErrorCode.STORE_FAILED, "the disk failed", "look at it.");
        };

        rounds.begin("main").join();

        assertThat(results())
                .containsExactly(
                        new CheckResult("maintenance", CheckResult.Outcome.WARNING, "the disk failed", "look at it."));
    }

    @Test
    void spreadsRoundsOverTheMinuteAlwaysAlike() {
        var bySecond = new TreeMap<Long, Integer>();
        IntStream.range(0, 60)
                .mapToObj(number -> "pg" + number)
                .forEach(name -> bySecond.merge(Scheduler.share(name, 60_000) / 10_000, 1, Integer::sum));

        assertThat(bySecond.keySet()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(bySecond.values()).allMatch(number -> number <= 20);
        assertThat(Scheduler.share("pg1", 60_000)).isEqualTo(Scheduler.share("pg1", 60_000));
    }

    private List<CheckResult> results() {
        return check.check(main("0 3 * * *", jitter()));
    }

    private Duration jitter() {
        return servers.findServer("main")
                .map(server -> server.schedule().backupJitter())
                .orElse(Duration.ZERO);
    }

    /** Changes the configuration and waits until the scheduler has seen it. */
    private void change(ServerConfiguration server) {
        servers.put(server);
        scheduler.serverChanged("main");
        CompletableFuture.runAsync(() -> {}, timer).join();
    }

    private static ServerConfiguration main(String schedule, Duration jitter) {
        return new ServerBuilder("main", Path.of("/srv/matriarch"))
                .schedule(new ScheduleSettings(Optional.of(CronSchedule.parse(schedule)), jitter, true))
                .build();
    }
}
