package org.matriarch.api.retention;

import java.util.Optional;
import org.matriarch.api.catalog.DeletionPlan;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.KeepTarget;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Enforces the retention policies. Thread-safe.
 *
 * <p>Methods throw {@link org.matriarch.api.error.MatriarchException} {@code SERVER_UNKNOWN}, {@code NAME_INVALID},
 * {@code BACKUP_UNKNOWN} or {@code STORE_MISSING}.
 */
@ProviderType
public interface Retention {

    /**
     * Plans what the policy of a server no longer needs, touching nothing: obsolete backups that no job is using, what depends
     * on them, and WAL that then nothing needs. Empty if there is nothing, or no policy.
     */
    DeletionPlan plan(String server);

    /**
     * Carries out a plan, as a job. What is needed again by then stays. A job that breaks is finished when the container
     * starts again, or by the next plan: nothing that is needed is missing meanwhile.
     */
    Job apply(DeletionPlan plan);

    /**
     * Records what a backup is kept for, whatever the policy says, or with an empty target that it no longer is.
     *
     * @param selector as in {@link org.matriarch.api.catalog.BackupCatalog}
     * @throws org.matriarch.api.error.MatriarchException {@code BACKUP_STATE} if it is not DONE, or stands on another one
     */
    Backup keep(String server, String selector, Optional<KeepTarget> target);
}
