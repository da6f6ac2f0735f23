package org.matriarch.api.catalog;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What is in the repositories. Thread-safe. A {@code selector} is a backup id, its name, {@code latest}/{@code last},
 * {@code oldest}/{@code first}, {@code latest-full} or {@code last-failed}.
 *
 * <p>Methods throw {@link org.matriarch.api.error.MatriarchException} {@code SERVER_UNKNOWN}, {@code NAME_INVALID},
 * {@code BACKUP_UNKNOWN} or {@code STORE_MISSING}.
 */
@ProviderType
public interface BackupCatalog {

    /** Returns the backups of a server, oldest first, with the WAL that belongs to each counted, and judged by the policy. */
    List<Backup> backups(String server);

    /** Returns the one backup that a selector means; a word means one that has all its files, if its WAL has come or not. */
    Backup requireBackup(String server, String selector);

    /** Returns the one backup that a selector means for a restore: a word means one that is DONE. */
    Backup requireRestorable(String server, String selector);

    /** Returns the files of a backup: absolute paths where the store has them, object names elsewhere. */
    List<String> files(String server, String selector, FileSelection selection);

    /**
     * Looks whether the WAL that a backup needs is archived, and records DONE, or FAILED naming the first missing file if
     * later WAL is there already.
     */
    Backup check(String server, String selector);

    /** Reads a backup back against its manifest, as a job; the job fails if it is not sound. */
    Job verify(String server, String selector, boolean fast);

    /** Returns the outcome of a verification whose job has ended. */
    BackupVerification verification(long jobId);

    /**
     * Plans a deletion.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code REDUNDANCY_MINIMUM}, {@code BACKUP_STATE}
     */
    DeletionPlan planDeletion(String server, String selector);

    /** Carries out a deletion, as a job. Each step can be repeated. */
    Job delete(DeletionPlan plan);

    /**
     * Does at once what is done by itself every half minute: resolves backups that nobody takes any more, and looks for the WAL
     * that others wait for, giving what is missing a minute to turn up.
     *
     * @return those whose status is another one now
     */
    List<Backup> recheck(String server);

    /**
     * Goes on with a deletion that has begun and not ended, as a job.
     *
     * @return nothing if there is none, or if backups of the server are being deleted now
     */
    Optional<Job> resumeDeletion(String server);
}
