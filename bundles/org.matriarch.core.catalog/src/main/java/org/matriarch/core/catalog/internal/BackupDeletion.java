package org.matriarch.core.catalog.internal;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.job.JobTask;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.BegunDeletion;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job {@code backup:delete}.
 *
 * <p>The order lets it break anywhere and begin again: first every backup is recorded as FAILED with a mark, so that none
 * that is being taken apart looks restorable; then the WAL goes; then the files and records. As long as there is a record
 * with the mark, the next start finds it and repeats the rest.
 */
final class BackupDeletion implements JobTask {

    private static final Logger LOG = LoggerFactory.getLogger(BackupDeletion.class);

    private final BegunDeletion mark;
    private final DeletionPlan plan;
    private final Supplier<Repository> repositories;
    private final Supplier<DeletionPlan> fresh;
    private final RunningJobs runningJobs;
    private final StatusRecorder recorder;
    private final DeletionHooks hooks;

    /**
     * Prepares a deletion.
     *
     * @param mark what is recorded of the backups before anything of them goes
     * @param fresh plans the same deletion again on the state of the moment
     */
    BackupDeletion(
            BegunDeletion mark,
            DeletionPlan plan,
            Supplier<Repository> repositories,
            Supplier<DeletionPlan> fresh,
            RunningJobs runningJobs,
            StatusRecorder recorder,
            DeletionHooks hooks) {
        this.mark = mark;
        this.plan = plan;
        this.repositories = repositories;
        this.fresh = fresh;
        this.runningJobs = runningJobs;
        this.recorder = recorder;
        this.hooks = hooks;
    }

    @Override
    public void run(JobContext context) throws InterruptedException {
        Repository repository = repositories.get();
        context.step("running hooks");
        hooks.before(fresh, repository); // all of them, as long as nothing is lost if one says no
        DeletionPlan now = fresh.get();
        now.backups().forEach(runningJobs::requireUnused);
        context.totalBytes(plan.freedBytes());
        for (Backup backup : now.backups()) {
            context.step("marking backup " + backup.id());
            mark(repository, backup);
        }
        context.checkCancelled();
        context.step("deleting WAL");
        hooks.deleteWal(stillUnneeded(now), repository.wal(), context);
        for (Backup backup : now.backups()) {
            context.checkCancelled();
            delete(repository, backup, context);
            hooks.after(backup, repository);
        }
    }

    private void mark(Repository repository, Backup backup) {
        try {
            repository.updateStatus(backup.id(), BackupStatus.FAILED, Optional.of(mark.text()));
        } catch (MatriarchException e) {
            if (e.code() != ErrorCode.REPOSITORY_UNREADABLE) {
                throw e;
            }
            LOG.debug("the record of backup '{}' is no record, so that nobody takes it for whole", backup.id(), e);
        }
    }

    private void delete(Repository repository, Backup backup, JobContext context) {
        BackupId id = backup.id();
        context.step("deleting backup " + id);
        repository.delete(id);
        context.advance(backup.size().storedBytes());
        recorder.deleted(plan.server(), id);
    }

    /** Returns the WAL that was to go when the operator looked, and that still nothing needs. */
    private List<WalFileName> stillUnneeded(DeletionPlan now) {
        Set<WalFileName> unneeded = new HashSet<>(now.wal());
        return plan.wal().stream().filter(unneeded::contains).toList();
    }
}
