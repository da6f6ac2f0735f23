package org.matriarch.core.schedule.internal;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of the scheduled backups of one server.
 *
 * @param schedule whose runs these are, as the configuration has it
 * @param settled every run that was due up to then was begun or is reported as missed
 * @param begun the last run that was begun, until the end of its job is seen
 * @param succeeded when the last run was due whose job was DONE
 * @param missed what was missed since then
 * @param failed the last run that failed since then
 */
record RunRecord(
        String schedule,
        Instant settled,
        Optional<Begun> begun,
        Optional<Instant> succeeded,
        Optional<Missed> missed,
        Optional<Failed> failed) {

    /** A run whose job was submitted. */
    record Begun(Instant due, long job) {}

    /**
     * Runs that were not begun.
     *
     * @param runs how many; more than {@link DueRuns#COUNTED} for nobody knows how many
     * @param reason why; lower case, no full stop
     */
    record Missed(Instant first, Instant last, long runs, String reason) {

        /** Returns these and later ones as one; the reason is that of the later ones. */
        Missed and(Missed later) {
            return new Missed(first, later.last, Math.min(DueRuns.COUNTED + 1, runs + later.runs), later.reason);
        }

        /** Returns them as the object of a sentence. */
        String text() {
            if (runs > DueRuns.COUNTED) {
                return "more than %d runs from %s on (%s)".formatted(DueRuns.COUNTED, first, reason);
            }
            return runs == 1
                    ? "the run of %s (%s)".formatted(first, reason)
                    : "%d runs from %s to %s (%s)".formatted(runs, first, last, reason);
        }
    }

    /** A run whose job did not end DONE. */
    record Failed(Instant due, long job, String error) {}

    /** Of a schedule that is new: no moment before is one of its runs. */
    static RunRecord since(String schedule, Instant moment) {
        return new RunRecord(schedule, moment, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** Goes on with another schedule; what was wrong stays wrong. */
    RunRecord under(String newSchedule, Instant moment) {
        return new RunRecord(newSchedule, moment, begun, succeeded, missed, failed);
    }

    RunRecord settledAt(Instant moment) {
        return new RunRecord(schedule, moment, begun, succeeded, missed, failed);
    }

    RunRecord withBegun(Instant due, long job) {
        return new RunRecord(schedule, due, Optional.of(new Begun(due, job)), succeeded, missed, failed);
    }

    RunRecord withMissed(Missed more) {
        Missed all = missed.map(earlier -> earlier.and(more)).orElse(more);
        return new RunRecord(schedule, settled, begun, succeeded, Optional.of(all), failed);
    }

    /** The run that was begun brought a backup: what was wrong before it no longer matters. */
    RunRecord withSuccess(Instant due) {
        Optional<Missed> later = missed.filter(each -> each.last().isAfter(due));
        return new RunRecord(schedule, settled, Optional.empty(), Optional.of(due), later, Optional.empty());
    }

    RunRecord withFailure(Failed failure) {
        return new RunRecord(schedule, settled, Optional.empty(), succeeded, missed, Optional.of(failure));
    }
}
