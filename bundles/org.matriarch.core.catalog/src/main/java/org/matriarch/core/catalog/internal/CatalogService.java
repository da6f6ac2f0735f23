package org.matriarch.core.catalog.internal;

import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.event.Events;
import org.matriarch.api.hook.Hooks;
import org.matriarch.api.job.Job;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobRequest;
import org.matriarch.api.job.Jobs;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers from the repositories themselves, at each call anew; it keeps nothing but the results of verifications. */
@Component(service = {BackupCatalog.class, CatalogService.class})
public final class CatalogService implements BackupCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogService.class);
    private static final int KEPT_VERIFICATIONS = 100;

    private final Servers servers;
    private final Repositories repositories;
    private final Jobs jobs;
    private final Rechecks rechecks;
    private final RunningJobs runningJobs;
    private final Hooks hooks;
    private final StatusRecorder recorder;
    private final WalChecker walChecker;
    private final Map<Long, BackupVerification> verifications = Collections.synchronizedMap(new Verifications());

    /** Uses the services of the other parts of the product. */
    @Activate
    public CatalogService(
            @Reference Servers servers,
            @Reference Repositories repositories,
            @Reference Jobs jobs,
            @Reference Events events,
            @Reference Hooks hooks,
            @Reference Rechecks rechecks) {
        this(servers, repositories, jobs, new Reports(events, hooks, Clock.systemUTC()), rechecks);
    }

    CatalogService(Servers servers, Repositories repositories, Jobs jobs, Reports reports, Rechecks rechecks) {
        this.servers = servers;
        this.repositories = repositories;
        this.jobs = jobs;
        this.rechecks = rechecks;
        runningJobs = new RunningJobs(jobs);
        hooks = reports.hooks();
        recorder = new StatusRecorder(reports.events(), reports.clock());
        walChecker = new WalChecker(recorder, reports.clock());
    }

    /** Who hears of what happens, and when that is. */
    record Reports(Events events, Hooks hooks, Clock clock) {}

    @Override
    public List<Backup> backups(String server) {
        Repository repository = repository(server);
        List<Backup> backups = repository.backups().stream()
                .map(backup -> settled(repository, backup))
                .toList();
        return backups.isEmpty() ? backups : new WalUse(repository.wal().entries()).counted(backups);
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        return new BackupSelector(server, backups(server)).require(selector);
    }

    @Override
    public List<String> files(String server, String selector, FileSelection selection) {
        Repository repository = repository(server);
        List<Backup> backups = repository.backups();
        Backup backup = new BackupSelector(server, backups).require(selector);
        return new BackupFiles(repository, backup, backups).list(selection);
    }

    @Override
    public Backup check(String server, String selector) {
        Repository repository = repository(server);
        var selected = new BackupSelector(server, repository.backups())
                .require(selector, backup -> backup.status().hasAllFiles());
        Backup checked = walChecker.check(repository, selected);
        if (checked.status() == BackupStatus.WAITING_FOR_WALS) {
            rechecks.noteWaiting(server, true);
        }
        return checked;
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        Repository repository = repository(server);
        Backup backup = new BackupSelector(server, repository.backups())
                .require(selector, candidate -> candidate.status().hasAllFiles());
        if (!backup.status().hasAllFiles()) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to verify backup '%s': it is %s".formatted(backup.id(), backup.status()),
                    "only a backup that has all its files can be verified; see 'backup:show %s %s'."
                            .formatted(server, backup.id()));
        }
        return jobs.submit(
                new JobRequest("backup:verify", server, backup.id().value(), Optional.empty()),
                context -> runVerification(server, backup.id(), fast, context));
    }

    @Override
    public BackupVerification verification(long jobId) {
        BackupVerification verification = verifications.get(jobId);
        if (verification == null) {
            throw new MatriarchException(
                    ErrorCode.JOB_UNKNOWN,
                    "no outcome of a verification is kept for job %d".formatted(jobId),
                    "see 'job:show %d', or verify again with 'backup:verify'.".formatted(jobId));
        }
        return verification;
    }

    @Override
    public DeletionPlan planDeletion(String server, String selector) {
        ServerConfiguration configuration = servers.requireServer(server);
        Repository repository = repositories.repository(configuration);
        List<Backup> backups = repository.backups();
        Backup root = new BackupSelector(server, backups).require(selector);
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

    @Override
    public Job delete(DeletionPlan plan) {
        ServerConfiguration configuration = servers.requireServer(plan.server());
        BackupId root = plan.backups().get(plan.backups().size() - 1).id();
        return submitDeletion(
                plan,
                () -> planner(configuration, repositories.repository(configuration))
                        .plan(requireById(plan.server(), root)));
    }

    /** Looks at the backups of a server in the background: resolves what the end of a container left behind. */
    void tend(String server) {
        Repository repository = repository(server);
        boolean waiting = false;
        for (Backup backup : repository.backups()) {
            switch (backup.status()) {
                case STARTED -> resolveStarted(repository, backup);
                case WAITING_FOR_WALS ->
                    waiting |= walChecker.checkPatiently(repository, backup).status() == BackupStatus.WAITING_FOR_WALS;
                case DONE, FAILED -> {
                    // Nothing to do: an operator decides.
                }
            }
        }
        rechecks.noteWaiting(server, waiting);
    }

    /** Returns the backups whose deletion has begun and not ended. */
    Set<BackupId> brokenDeletions(String server) {
        Set<BackupId> broken = ConcurrentHashMap.newKeySet();
        repository(server).backups().stream()
                .filter(CatalogService::isMarked)
                .map(Backup::id)
                .forEach(broken::add);
        return broken;
    }

    /** Begins one of the broken deletions again, unless one is under way, and takes it off the set. */
    void resumeDeletions(String server, Set<BackupId> broken) {
        if (broken.isEmpty() || runningJobs.isDeleting(server)) {
            return;
        }
        BackupId id = broken.iterator().next();
        broken.remove(id);
        Repository repository = repository(server);
        repository.findBackup(id).filter(CatalogService::isMarked).ifPresent(backup -> {
            LOG.info("deletion of backup '{}' of server '{}' goes on", id, server);
            ServerConfiguration configuration = servers.requireServer(server);
            submitDeletion(
                    planner(configuration, repository).resume(backup),
                    () -> planner(configuration, repositories.repository(configuration))
                            .resume(requireById(server, id)));
        });
    }

    private static boolean isMarked(Backup backup) {
        return backup.error().equals(Optional.of(BackupDeletion.MARK));
    }

    /** Returns a backup as it is for good: nobody is shown as STARTED what the end of a container left behind. */
    private Backup settled(Repository repository, Backup backup) {
        if (backup.status() != BackupStatus.STARTED) {
            return backup;
        }
        try {
            return resolveStarted(repository, backup);
        } catch (MatriarchException e) {
            LOG.debug("backup '{}' stays STARTED for now: {}", backup.id(), e.summary());
            return backup; // a store that takes no record can be read all the same
        }
    }

    private Backup resolveStarted(Repository repository, Backup backup) {
        return runningJobs.mayBeWriting(backup)
                ? backup
                : recorder.record(
                        repository,
                        backup,
                        BackupStatus.FAILED,
                        Optional.of("interrupted by the end of the container"));
    }

    private Job submitDeletion(DeletionPlan plan, Supplier<DeletionPlan> fresh) {
        Backup root = plan.backups().get(plan.backups().size() - 1);
        return jobs.submit(
                new JobRequest(
                        "backup:delete", plan.server(), root.id().value(), Optional.of("delete " + plan.server())),
                new BackupDeletion(
                        plan,
                        () -> repository(plan.server()),
                        fresh,
                        runningJobs,
                        recorder,
                        new DeletionHooks(hooks, servers.requireServer(plan.server()))));
    }

    private void runVerification(String server, BackupId id, boolean fast, JobContext context)
            throws InterruptedException {
        BackupVerification verification = new BackupVerifier(repository(server).open(id), fast, context).verify();
        verifications.put(context.jobId(), verification);
        if (!verification.problems().isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "backup '%s' is not sound: %d of %d files differ from its manifest, first %s"
                            .formatted(
                                    id,
                                    verification.problems().size(),
                                    verification.filesChecked(),
                                    verification.problems().get(0)),
                    "take a new backup with 'backup:create %s' and check the disks of the repository."
                            .formatted(server));
        }
    }

    private static DeletionPlanner planner(ServerConfiguration server, Repository repository) {
        return new DeletionPlanner(
                server.name(),
                repository.backups(),
                repository.wal().entries(),
                server.repository().minimumRedundancy());
    }

    private Backup requireById(String server, BackupId id) {
        return new BackupSelector(server, repository(server).backups()).require(id.value());
    }

    private Repository repository(String server) {
        return repositories.repository(servers.requireServer(server));
    }

    /** Forgets the oldest outcome when there are too many. */
    private static final class Verifications extends LinkedHashMap<Long, BackupVerification> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BackupVerification> eldest) {
            return size() > KEPT_VERIFICATIONS;
        }
    }
}
