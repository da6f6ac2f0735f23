package org.matriarch.api.backup;

import org.matriarch.api.job.Job;
import org.osgi.annotation.versioning.ProviderType;

/** Takes backups. Thread-safe. */
@ProviderType
public interface Backups {

    /**
     * Starts a backup as a job, whose subject becomes the new backup's id. One runs per server at a time.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}, {@code JOB_CONFLICT},
     *     {@code BACKUP_REFUSED} if the server is not active or the name is taken or reserved
     */
    Job create(String server, BackupOptions options);
}
