package org.matriarch.core.catalog.internal;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.matriarch.api.model.BackupKind;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.matriarch.api.repository.Repositories;
import org.matriarch.api.repository.Repository;
import org.matriarch.api.retention.Retention;
import org.matriarch.api.retention.RetentionJudge;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers from the repositories themselves, at each call anew; it keeps nothing but the results of verifications. */
@Component(service = {BackupCatalog.class, Retention.class, CatalogService.class})
public final class CatalogService implements BackupCatalog, Retention {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogService.class);
    private static final int KEPT_VERIFICATIONS = 100;

    private final Servers servers;
    private final Repositories repositories;
    private final Jobs jobs;
    private final Rechecks rechecks;
    private final RunningJobs runningJobs;
    private final StatusRecorder recorder;
    private final JudgedBackups judged;
    private final Deletions deletions;
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
            @Reference RetentionJudge judge,
            @Reference Rechecks rechecks) {
        this(servers, repositories, jobs, new Reports(events, hooks, judge, Clock.systemUTC()), rechecks);
    }

    CatalogService(Servers servers, Repositories repositories, Jobs jobs, Reports reports, Rechecks rechecks) {
        this.servers = servers;
        this.repositories = repositories;
        this.jobs = jobs;
        this.rechecks = rechecks;
        runningJobs = new RunningJobs(jobs);
        recorder = new StatusRecorder(reports.events(), reports.clock());
        judged = new JudgedBackups(reports.judge(), reports.clock());
        deletions =
                new Deletions(servers, repositories, jobs, judged, new Deletions.Reporting(recorder, reports.hooks()));
        walChecker = new WalChecker(recorder, reports.clock());
    }

    /** Who hears of what happens and who judges it, and when that is. */
    record Reports(Events events, Hooks hooks, RetentionJudge judge, Clock clock) {}

    @Override
    public List<Backup> backups(String server) {
        ServerConfiguration configuration = servers.requireServer(server);
        Repository repository = repositories.repository(configuration);
        List<Backup> backups = repository.backups().stream()
                .map(backup -> settled(repository, backup))
                .toList();
        return backups.isEmpty()
                ? backups
                : new WalUse(repository.wal().entries(), judged.of(configuration, backups)).counted();
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        return new BackupSelector(server, backups(server)).require(selector);
    }

    @Override
    public Backup requireRestorable(String server, String selector) {
        return new BackupSelector(server, backups(server)).requireRestorable(selector);
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
        var selected = new BackupSelector(server, repository.backups()).require(selector);
        Backup checked = walChecker.check(repository, selected);
        if (checked.status() == BackupStatus.WAITING_FOR_WALS) {
            rechecks.noteWaiting(server, true);
        }
        return checked;
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        Repository repository = repository(server);
        Backup backup = new BackupSelector(server, repository.backups()).require(selector);
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
        return deletions.plan(server, selector);
    }

    @Override
    public Job delete(DeletionPlan plan) {
        return deletions.delete(plan);
    }

    @Override
    public Backup keep(String server, String selector, Optional<KeepTarget> target) {
        Repository repository = repository(server);
        Backup backup = new BackupSelector(server, repository.backups()).require(selector);
        boolean whole = backup.status() == BackupStatus.DONE && backup.kind() == BackupKind.FULL;
        if (target.isPresent() && !whole) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_STATE,
                    "unable to keep backup '%s': it is %s"
                            .formatted(backup.id(), backup.kind() == BackupKind.FULL ? backup.status() : "incremental"),
                    "keep a backup that is DONE and whole; 'backup:list %s' shows which are.".formatted(server));
        }
        return repository.keep(backup.id(), target);
    }

    @Override
    public DeletionPlan plan(String server) {
        return deletions.planExpiry(server);
    }

    @Override
    public Job apply(DeletionPlan plan) {
        return deletions.expire(plan);
    }

    @Override
    public List<Backup> recheck(String server) {
        Repository repository = repository(server);
        var changed = new ArrayList<Backup>();
        boolean waiting = false;
        for (Backup backup : repository.backups()) {
            Backup now = switch (backup.status()) {
                case STARTED -> resolveStarted(repository, backup);
                case WAITING_FOR_WALS -> walChecker.checkPatiently(repository, backup);
                case DONE, FAILED -> backup; // an operator decides
            };
            waiting |= now.status() == BackupStatus.WAITING_FOR_WALS;
            if (now.status() != backup.status()) {
                changed.add(now);
            }
        }
        rechecks.noteWaiting(server, waiting);
        return List.copyOf(changed);
    }

    @Override
    public Optional<Job> resumeDeletion(String server) {
        return deletions.resume(server, deletions.broken(server));
    }

    /** Has at hand what lists are made of, so that the first one after a start need not wait for it. */
    void prepare(String server) {
        repository(server).wal().prepare();
    }

    /** Returns those who finish what the end of a container broke off. */
    Deletions deletions() {
        return deletions;
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
