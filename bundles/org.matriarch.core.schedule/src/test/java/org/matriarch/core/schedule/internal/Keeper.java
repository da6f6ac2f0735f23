package org.matriarch.core.schedule.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupSize;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.BackupSpan;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.RetentionStatus;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.server.ServerConfiguration;

/** The backups of a server, of which the policy says what a test wants; deletions are jobs that do what a test wants. */
final class Keeper implements BackupCatalog, Retention, Repositories {

    private final Jobs jobs;

    final List<Backup> kept = new ArrayList<>();
    final List<Backup> rechecked = new ArrayList<>();
    final Deque<BackupId> broken = new ArrayDeque<>();
    final List<BackupId> obsolete = new ArrayList<>();
    final List<WalFileName> unneeded = new ArrayList<>();

    /** Done first by every job that deletes. */
    volatile JobTask work = context -> {};

    /** Done whenever a plan is asked for. */
    volatile Runnable beforePlan = () -> {};

    private final AtomicInteger plans = new AtomicInteger();

    Keeper(Jobs jobs) {
        this.jobs = jobs;
    }

    /** What is thrown at whoever wants to take charge. */
    volatile Optional<MatriarchException> refusal = Optional.empty();

    /** Returns how many plans were asked for. */
    int plans() {
        return plans.get();
    }

    static Backup backup(String id) {
        return new Backup(
                new BackupId(id),
                Optional.empty(),
                "main",
                BackupStatus.DONE,
                BackupKind.FULL,
                "streaming",
                "plain",
                Optional.empty(),
                new BackupSource("7", new PostgresVersion(160000), 1, 16 << 20, "", List.of()),
                new BackupSpan(Instant.EPOCH, Optional.empty(), Optional.empty(), Optional.empty()),
                new BackupSize(1000, 1000, 0, 2),
                RetentionStatus.NONE,
                Optional.empty());
    }

    @Override
    public void takeCharge(ServerConfiguration server) {
        if (refusal.isPresent()) {
            throw refusal.get();
        }
    }

    @Override
    public void giveBack(String server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Repository repository(ServerConfiguration server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Backup> backups(String server) {
        return List.copyOf(kept);
    }

    @Override
    public List<Backup> recheck(String server) {
        return List.copyOf(rechecked);
    }

    @Override
    public Optional<Job> resumeDeletion(String server) {
        return Optional.ofNullable(broken.peek())
                .map(id -> delete("backup:delete", server, List.of(id), () -> {
                    broken.remove();
                }));
    }

    @Override
    public DeletionPlan plan(String server) {
        plans.incrementAndGet();
        beforePlan.run();
        List<Backup> backups =
                kept.stream().filter(backup -> obsolete.contains(backup.id())).toList();
        return new DeletionPlan(server, backups, List.copyOf(unneeded), backups.size() * 1000L);
    }

    @Override
    public Job apply(DeletionPlan plan) {
        return delete(
                "retention:apply",
                plan.server(),
                plan.backups().stream().map(Backup::id).toList(),
                unneeded::clear);
    }

    private Job delete(String kind, String server, List<BackupId> ids, Runnable atTheEnd) {
        String subject = kind.equals("backup:delete") ? ids.get(0).value() : "";
        return jobs.submit(new JobRequest(kind, server, subject, Optional.of("delete " + server)), context -> {
            work.run(context);
            kept.removeIf(backup -> ids.contains(backup.id()));
            atTheEnd.run();
        });
    }

    @Override
    public Backup keep(String server, String selector, Optional<KeepTarget> target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Backup requireRestorable(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> files(String server, String selector, FileSelection selection) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Backup check(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BackupVerification verification(long jobId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DeletionPlan planDeletion(String server, String selector) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Job delete(DeletionPlan plan) {
        throw new UnsupportedOperationException();
    }
}
