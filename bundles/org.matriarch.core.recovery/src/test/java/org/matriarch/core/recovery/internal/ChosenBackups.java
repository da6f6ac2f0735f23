package org.matriarch.core.recovery.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.catalog.BackupCatalog;
import org.matriarch.api.catalog.BackupVerification;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.catalog.FileSelection;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;

/** A catalog in which each selector means the backup that a test says. */
record ChosenBackups(Map<String, Backup> bySelector) implements BackupCatalog {

    @Override
    public Backup requireRestorable(String server, String selector) {
        return Optional.ofNullable(bySelector.get(selector))
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.BACKUP_UNKNOWN,
                        "server '%s' has no backup '%s'".formatted(server, selector),
                        "see 'backup:list %s'.".formatted(server)));
    }

    @Override
    public Backup requireBackup(String server, String selector) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public List<Backup> backups(String server) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public List<String> files(String server, String selector, FileSelection selection) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public Backup check(String server, String selector) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public Job verify(String server, String selector, boolean fast) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public BackupVerification verification(long jobId) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public DeletionPlan planDeletion(String server, String selector) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public Job delete(DeletionPlan plan) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public List<Backup> recheck(String server) {
        throw new IllegalStateException("not asked for by a restore");
    }

    @Override
    public Optional<Job> resumeDeletion(String server) {
        throw new IllegalStateException("not asked for by a restore");
    }
}
