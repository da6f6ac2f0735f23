package org.matriarch.core.schedule.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.backup.Backups;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.schedule.CronSchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduled backups of one server.
 *
 * <p>A run is written down only after it has begun or was reported as missed. So a crash in between makes it come again,
 * if it is not too late then, or be reported as missed; it is never lost without a word. For one thread at a time, but for
 * {@link #record} and {@link #schedule}.
 */
final class ServerRuns {

    private static final Logger LOG = LoggerFactory.getLogger(ServerRuns.class);

    /** How late a run may begin, beside its jitter: a restart in the night is no reason to have no backup. */
    private static final Duration LATE = Duration.ofMinutes(5);

    private final String server;
    private final Work work;
    private final RunRecords records;
    private final Clock clock;
    private final RandomGenerator random;

    private volatile CronSchedule schedule;
    private volatile RunRecord record;
    private Duration jitter;

    /** The run that is to begin soon; nothing is written down of it. */
    private @Nullable Pending pending;

    private record Pending(Instant due, Instant begin) {}

    /** Who takes backups and may, who knows what became of them, and who hears of those that were not taken. */
    record Work(Backups backups, Jobs jobs, Events events, Charges charges) {}

    ServerRuns(
            String server,
            CronSchedule schedule,
            Duration jitter,
            Work work,
            RunRecords records,
            Clock clock,
            RandomGenerator random) {
        this.server = server;
        this.work = work;
        this.records = records;
        this.clock = clock;
        this.random = random;
        this.schedule = schedule;
        this.jitter = jitter;
        Optional<RunRecord> known = records.load(server);
        record = known.orElseGet(() -> RunRecord.since(schedule.toString(), clock.instant()));
        if (known.isEmpty()) {
            records.keep(server, record);
        }
        follow(schedule);
    }

    /** Goes by a schedule from now on. */
    void configure(CronSchedule newSchedule, Duration newJitter) {
        if (!newJitter.equals(jitter)) {
            jitter = newJitter;
            pending = null; // it is still due and will get a new delay
        }
        schedule = newSchedule;
        follow(newSchedule);
    }

    CronSchedule schedule() {
        return schedule;
    }

    RunRecord record() {
        return record;
    }

    /** Returns when the next run is due. */
    Instant next() {
        return schedule.next(clock.instant(), clock.getZone());
    }

    /** Sees to what is due now. */
    void look() {
        Instant now = clock.instant();
        seeHowItEnded();
        Pending waiting = pending;
        if (waiting != null && waiting.due().isAfter(now.plus(DueRuns.SET_BACK))) {
            waiting = null;
        }
        if (waiting == null) {
            waiting = plan(now);
        }
        if (waiting != null && !waiting.begin().isAfter(now)) {
            begin(waiting.due());
            waiting = null;
        }
        pending = waiting;
    }

    private void follow(CronSchedule newSchedule) {
        if (!record.schedule().equals(newSchedule.toString())) {
            pending = null;
            keep(record.under(newSchedule.toString(), clock.instant()));
        }
    }

    private @Nullable Pending plan(Instant now) {
        DueRuns due = DueRuns.at(schedule, clock.getZone(), record.settled(), now, LATE.plus(jitter));
        if (due.until().isBefore(record.settled())) {
            LOG.warn("the clock was put back: the schedule of server '{}' goes on from {}", server, now);
            keep(record.settledAt(due.until()));
        }
        if (due.missed().isEmpty() && due.toBegin().isEmpty()) {
            return null;
        }
        return switch (work.charges().ask(server)) {
            case UNKNOWN -> null;
            case OTHERS -> {
                // What may still begin stays due: the other container may end before it is too late.
                due.missed().ifPresent(missed -> keep(record.settledAt(due.until())));
                yield null;
            }
            case OURS -> {
                due.missed().ifPresent(missed -> miss(missed, due.until()));
                yield due.toBegin()
                        .map(run -> new Pending(run, later(now, run.plus(jitter))))
                        .orElse(null);
            }
        };
    }

    private Instant later(Instant now, Instant latest) {
        long millis = Duration.between(now, latest).toMillis();
        return millis <= 0 ? now : now.plusMillis(random.nextLong(millis + 1));
    }

    private void begin(Instant due) {
        try {
            Job job = work.backups().create(server, BackupOptions.CONFIGURED);
            LOG.info("backup of server '{}' that was due at {} begins as job {}", server, due, job.id());
            seeHowItEnded(); // the one before: else two would not run
            keep(record.withBegun(due, job.id()));
        } catch (MatriarchException e) {
            if (e.code() == ErrorCode.JOB_INTERRUPTED || e.code() == ErrorCode.SERVER_UNKNOWN) {
                LOG.debug("no backup of server '{}' begins: {}", server, e.summary());
                return; // on the way down: the next start finds that it is due
            }
            String reason = e.code() == ErrorCode.JOB_CONFLICT ? "another backup was running" : e.summary();
            miss(new RunRecord.Missed(due, due, 1, reason), due);
        }
    }

    private void miss(RunRecord.Missed missed, Instant until) {
        keep(record.withMissed(missed).settledAt(until));
        work.events()
                .publish(new Event(
                        clock.instant(),
                        Event.Type.BACKUP_MISSED,
                        server,
                        missed.last().toString(),
                        "missed " + missed.text()));
    }

    private void seeHowItEnded() {
        record.begun().ifPresent(begun -> {
            Optional<Job> job = work.jobs().findJob(begun.job());
            if (job.isEmpty()) {
                keep(record.withFailure(
                        new RunRecord.Failed(begun.due(), begun.job(), "its job is no longer in the history")));
            } else if (job.get().state() == JobState.DONE) {
                keep(record.withSuccess(begun.due()));
            } else if (job.get().state().isEnded()) {
                String error = job.get().error().orElse(job.get().state().name());
                keep(record.withFailure(new RunRecord.Failed(begun.due(), begun.job(), error)));
            }
        });
    }

    private void keep(RunRecord changed) {
        record = changed;
        records.keep(server, changed);
    }
}
