package org.matriarch.core.schedule.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerCheck;
import org.matriarch.api.server.ServerConfiguration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether scheduled backups are taken, and whether the server is maintained. Says nothing where nothing runs by itself. */
@Component(property = ServerCheck.PROPERTY_ORDER + ":Integer=650")
public final class ScheduleCheck implements ServerCheck {

    private final Scheduler scheduler;
    private final Rounds rounds;
    private final Jobs jobs;

    /** Asks those who know. */
    @Activate
    public ScheduleCheck(@Reference Scheduler scheduler, @Reference Rounds rounds, @Reference Jobs jobs) {
        this.scheduler = scheduler;
        this.rounds = rounds;
        this.jobs = jobs;
    }

    @Override
    public List<CheckResult> check(ServerConfiguration server) {
        var results = new ArrayList<CheckResult>();
        scheduler.runsOf(server.name()).ifPresent(runs -> results.add(backups(server, runs)));
        rounds.trouble(server.name())
                .filter(trouble -> !trouble.hint().isEmpty())
                .ifPresent(trouble ->
                        results.add(new CheckResult("maintenance", Outcome.WARNING, trouble.reason(), trouble.hint())));
        return List.copyOf(results);
    }

    private CheckResult backups(ServerConfiguration server, ServerRuns runs) {
        RunRecord record = runs.record();
        Duration jitter = server.schedule().backupJitter();
        String next = "next run at %s%s"
                .formatted(runs.next(), jitter.isZero() ? "" : ", or up to %s later".formatted(text(jitter)));
        var problems = new ArrayList<String>();
        record.failed()
                .filter(failed -> !isMadeUpFor(server.name(), failed.due()))
                .ifPresent(failed -> problems.add(
                        "the run of %s failed (job %d: %s)".formatted(failed.due(), failed.job(), failed.error())));
        record.missed()
                .filter(missed -> !isMadeUpFor(server.name(), missed.last()))
                .ifPresent(missed -> problems.add("missed " + missed.text()));
        if (problems.isEmpty()) {
            return result(Outcome.OK, next, "");
        }
        String succeeded = record.succeeded()
                .map(due -> "the last successful scheduled backup is that of " + due)
                .orElse("no scheduled backup was successful yet");
        return result(
                Outcome.WARNING,
                "%s; %s; %s".formatted(String.join("; ", problems), succeeded, next),
                "take one now with 'backup:create %s' if it cannot wait; see 'job:list'.".formatted(server.name()));
    }

    /** Returns whether a backup was taken since, whoever asked for it. */
    private boolean isMadeUpFor(String server, Instant due) {
        return jobs.jobs().stream()
                .anyMatch(job -> job.state() == JobState.DONE
                        && job.kind().equals("backup:create")
                        && job.server().equals(server)
                        && job.submitted().isAfter(due));
    }

    private static CheckResult result(Outcome outcome, String detail, String hint) {
        return new CheckResult("backup schedule", outcome, detail, hint);
    }

    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
