package org.matriarch.core.schedule.internal;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.matriarch.api.schedule.CronSchedule;

/**
 * What is due of a schedule at one moment.
 *
 * @param toBegin when the one run was due that may begin: the latest, if it is not too late for it
 * @param missed the runs before it
 * @param until where to look on from: after every missed run, before the one that may begin
 */
record DueRuns(Optional<Instant> toBegin, Optional<RunRecord.Missed> missed, Instant until) {

    /** How many missed runs are counted; beyond that it is said that there are more. */
    static final long COUNTED = 1000;

    /** How far the clock may go back without the runs of that time coming again. As in cron: beyond, it was wrong before. */
    static final Duration SET_BACK = Duration.ofHours(3);

    static final String REASON = "the container was down, or its clock was put forward";

    /**
     * Looks.
     *
     * @param settled up to where runs have been seen to; lies in the future if the clock was put back
     * @param patience how late a run may begin
     */
    static DueRuns at(CronSchedule schedule, ZoneId zone, Instant settled, Instant now, Duration patience) {
        if (settled.isAfter(now.plus(SET_BACK))) {
            return new DueRuns(Optional.empty(), Optional.empty(), now);
        }
        Instant tooLate = now.minus(patience);
        Instant first = schedule.next(settled, zone);
        Instant before = settled;
        Instant latest = settled;
        long runs = 0;
        for (Instant run = first; !run.isAfter(now); run = schedule.next(latest, zone)) {
            runs++;
            before = latest;
            latest = run;
            if (runs > COUNTED && run.isBefore(tooLate)) {
                latest = tooLate.minusMillis(1); // what lies between will not be counted
            }
        }
        if (runs == 0) {
            return new DueRuns(Optional.empty(), Optional.empty(), settled);
        }
        boolean inTime = !latest.isBefore(tooLate);
        Instant until = inTime ? before : latest;
        long missed = inTime ? runs - 1 : runs;
        return new DueRuns(
                inTime ? Optional.of(latest) : Optional.empty(),
                missed == 0
                        ? Optional.empty()
                        : Optional.of(new RunRecord.Missed(first, until, Math.min(missed, COUNTED + 1), REASON)),
                until);
    }
}
