package org.matriarch.core.schedule.internal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobState;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.schedule.MaintenanceReport;
import org.matriarch.api.server.ServerConfiguration;

/**
 * What is done in one round. Jobs are begun only where there is something to do, so that their history tells of what was
 * done, not of the time that passed.
 */
final class Round {

    private static final Set<String> DELETIONS = Set.of("backup:delete", "retention:apply");
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration REST = Duration.ofHours(1);

    private final Repositories repositories;
    private final BackupCatalog catalog;
    private final Retention retention;
    private final Jobs jobs;
    private final Clock clock;

    Round(Repositories repositories, BackupCatalog catalog, Retention retention, Jobs jobs, Clock clock) {
        this.repositories = repositories;
        this.catalog = catalog;
        this.retention = retention;
        this.jobs = jobs;
        this.clock = clock;
    }

    /** Returns whether this container, and no other, is to work on a server; if nobody knows, it is. */
    boolean isOurs(ServerConfiguration server) {
        try {
            repositories.takeCharge(server);
            return true;
        } catch (MatriarchException e) {
            return e.code() != ErrorCode.REPOSITORY_TAKEN;
        }
    }

    /** Does everything, because somebody asked. */
    MaintenanceReport carryOut(ServerConfiguration server) throws InterruptedException {
        repositories.takeCharge(server);
        List<Backup> rechecked = catalog.recheck(server.name());
        List<BackupId> deleted = new ArrayList<>(finishDeletions(server.name()));
        DeletionPlan plan = enforce(server);
        deleted.addAll(gone(plan));
        return new MaintenanceReport(
                server.name(), rechecked, deleted, plan.wal().size(), plan.freedBytes(), Optional.empty());
    }

    /**
     * Does what nobody else does by himself: it is the catalogue that looks for WAL, and that goes on with deletions of an earlier
     * container. After somebody has cancelled a deletion, nothing is deleted for an hour.
     */
    void carryOutByItself(ServerConfiguration server) throws InterruptedException {
        repositories.takeCharge(server);
        Optional<Job> cancelled = jobs.jobs().stream()
                .filter(job -> job.server().equals(server.name()) && DELETIONS.contains(job.kind()))
                .findFirst()
                .filter(job -> job.state() == JobState.CANCELLED);
        if (cancelled.isEmpty()) {
            finishDeletions(server.name());
        }
        Instant restedSince = clock.instant().minus(REST);
        if (cancelled.flatMap(Job::ended).filter(restedSince::isBefore).isEmpty()) {
            enforce(server);
        }
    }

    private List<BackupId> finishDeletions(String server) throws InterruptedException {
        var finished = new ArrayList<BackupId>();
        Optional<Job> job = catalog.resumeDeletion(server);
        while (job.isPresent()) {
            awaitDone(job.get());
            finished.add(new BackupId(job.get().subject()));
            job = catalog.resumeDeletion(server);
        }
        return finished;
    }

    private DeletionPlan enforce(ServerConfiguration server) throws InterruptedException {
        DeletionPlan plan = server.schedule().retention()
                ? retention.plan(server.name())
                : new DeletionPlan(server.name(), List.of(), List.of(), 0);
        if (!plan.isEmpty()) {
            awaitDone(retention.apply(plan));
        }
        return plan;
    }

    /** Returns the backups of a plan that are no longer there: one that was needed again has stayed. */
    private List<BackupId> gone(DeletionPlan plan) {
        if (plan.backups().isEmpty()) {
            return List.of();
        }
        Set<BackupId> left =
                catalog.backups(plan.server()).stream().map(Backup::id).collect(Collectors.toCollection(HashSet::new));
        return plan.backups().stream()
                .map(Backup::id)
                .filter(id -> !left.contains(id))
                .toList();
    }

    private void awaitDone(Job begun) throws InterruptedException {
        Job job = begun;
        while (!job.state().isEnded()) {
            job = jobs.await(begun.id(), PATIENCE);
        }
        if (job.state() != JobState.DONE) {
            int number = job.errorCode().orElse(ErrorCode.INTERNAL.number());
            throw new MatriarchException(
                    Stream.of(ErrorCode.values())
                            .filter(code -> code.number() == number)
                            .findFirst()
                            .orElse(ErrorCode.INTERNAL),
                    "job %d (%s) ended %s: %s"
                            .formatted(
                                    job.id(),
                                    job.kind(),
                                    job.state(),
                                    job.error().orElse("")),
                    job.hint().orElse("see 'job:show %d'.".formatted(job.id())));
        }
    }
}
