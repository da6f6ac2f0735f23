package org.matriarch.core.catalog.internal;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plans and begins deletions: an operator's, the retention policy's, and those that the end of a container broke off. */
final class Deletions {

    private static final Logger LOG = LoggerFactory.getLogger(Deletions.class);

    private final Servers servers;
    private final Repositories repositories;
    private final Jobs jobs;
    private final RunningJobs runningJobs;
    private final JudgedBackups judged;
    private final Reporting reporting;

    /** Who hears of a deletion. */
    record Reporting(StatusRecorder recorder, Hooks hooks) {}

    Deletions(Servers servers, Repositories repositories, Jobs jobs, JudgedBackups judged, Reporting reporting) {
        this.servers = servers;
        this.repositories = repositories;
        this.jobs = jobs;
        this.runningJobs = new RunningJobs(jobs);
        this.judged = judged;
        this.reporting = reporting;
    }

    DeletionPlan plan(String server, String selector) {
        ServerConfiguration configuration = servers.requireServer(server);
        Repository repository = repositories.repository(configuration);
        Backup root = new BackupSelector(server, repository.backups()).require(selector);
        if (root.status() == BackupStatus.STARTED && runningJobs.mayBeWriting(root)) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to delete backup '%s': it is being taken".formatted(root.id()),
                    "wait until it has ended, or stop it with 'job:cancel'; see 'job:list'.");
        }
        DeletionPlan plan = planner(configuration, repository).plan(root);
        plan.backups().forEach(runningJobs::requireUnused);
        return plan;
    }

    Job delete(DeletionPlan plan) {
        ServerConfiguration configuration = servers.requireServer(plan.server());
        BackupId root = root(plan).id();
        return submit(
                "backup:delete",
                plan,
                BegunDeletion.OPERATOR,
                () -> planner(configuration, repositories.repository(configuration))
                        .plan(requireById(plan.server(), root)));
    }

    DeletionPlan planExpiry(String server) {
        ServerConfiguration configuration = servers.requireServer(server);
        if (configuration.repository().retention().isEmpty()) {
            return new DeletionPlan(server, List.of(), List.of(), 0);
        }
        Repository repository = repositories.repository(configuration);
        return new DeletionPlanner(
                        server,
                        judged.of(configuration, repository.backups()),
                        () -> repository.wal().entries(),
                        configuration.repository().minimumRedundancy())
                .expiry(runningJobs::isUsed);
    }

    Job expire(DeletionPlan plan) {
        return submit("retention:apply", plan, BegunDeletion.POLICY, () -> stillObsolete(plan));
    }

    /** Returns what of a plan the policy still does not need; the WAL may be that of more backups. */
    private DeletionPlan stillObsolete(DeletionPlan plan) {
        DeletionPlan now = planExpiry(plan.server());
        Set<BackupId> planned = plan.backups().stream().map(Backup::id).collect(Collectors.toSet());
        List<Backup> backups = now.backups().stream()
                .filter(backup -> planned.contains(backup.id()))
                .toList();
        return new DeletionPlan(now.server(), backups, now.wal(), now.freedBytes());
    }

    /** Returns the backups whose deletion has begun and not ended. */
    Set<BackupId> broken(String server) {
        Set<BackupId> broken = ConcurrentHashMap.newKeySet();
        repository(server).backups().stream()
                .filter(backup -> BegunDeletion.of(backup).isPresent())
                .map(Backup::id)
                .forEach(broken::add);
        return broken;
    }

    /** Begins one of the broken deletions again, unless one is under way, and takes it off the set. */
    Optional<Job> resume(String server, Set<BackupId> broken) {
        if (broken.isEmpty() || runningJobs.isDeleting(server)) {
            return Optional.empty();
        }
        BackupId id = broken.iterator().next();
        Repository repository = repository(server);
        Optional<Backup> backup = repository.findBackup(id);
        Optional<BegunDeletion> deletion = backup.flatMap(BegunDeletion::of);
        if (deletion.equals(Optional.of(BegunDeletion.UNKNOWN)) && runningJobs.isBackingUp(server)) {
            return Optional.empty(); // that job may be the one that deletes it, now that it needs it no more
        }
        broken.remove(id);
        return deletion.map(begun -> goOn(begun, backup.orElseThrow(), repository));
    }

    private Job goOn(BegunDeletion begun, Backup backup, Repository repository) {
        LOG.info("deletion of backup '{}' of server '{}' goes on", backup.id(), backup.server());
        ServerConfiguration configuration = servers.requireServer(backup.server());
        // As in Barman, which counts what carries its mark as obsolete, where there is a policy.
        boolean byPolicy = begun == BegunDeletion.POLICY
                || (begun == BegunDeletion.UNKNOWN
                        && configuration.repository().retention().isPresent());
        return submit(
                "backup:delete",
                planner(configuration, repository).resume(backup, byPolicy),
                begun,
                () -> planner(configuration, repositories.repository(configuration))
                        .resume(requireById(backup.server(), backup.id()), byPolicy));
    }

    private Job submit(String kind, DeletionPlan plan, BegunDeletion mark, Supplier<DeletionPlan> fresh) {
        String subject = kind.equals("backup:delete") ? root(plan).id().value() : "";
        return jobs.submit(
                new JobRequest(kind, plan.server(), subject, Optional.of("delete " + plan.server())),
                new BackupDeletion(
                        mark,
                        plan,
                        () -> repository(plan.server()),
                        fresh,
                        runningJobs,
                        reporting.recorder(),
                        new DeletionHooks(reporting.hooks(), servers.requireServer(plan.server()))));
    }

    private static Backup root(DeletionPlan plan) {
        return plan.backups().get(plan.backups().size() - 1);
    }

    private static DeletionPlanner planner(ServerConfiguration server, Repository repository) {
        return new DeletionPlanner(
                server.name(),
                repository.backups(),
                () -> repository.wal().entries(),
                server.repository().minimumRedundancy());
    }

    private Backup requireById(String server, BackupId id) {
        return new BackupSelector(server, repository(server).backups()).require(id.value());
    }

    private Repository repository(String server) {
        return repositories.repository(servers.requireServer(server));
    }
}
