package org.matriarch.api.repository;

import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.KeepTarget;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The backups and the WAL of one server. The repository itself is the truth; what is held in memory can be rebuilt.
 *
 * <p>Thread-safe. Hold one for one operation, not longer: its store may go.
 */
@ProviderType
public interface Repository {

    /** Returns the name of the server. */
    String server();

    /** Returns whose data this holds, once somebody claimed it. */
    Optional<RepositoryIdentity> identity();

    /**
     * Makes this the repository of a PostgreSQL server, or confirms that it is.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code REPOSITORY_FOREIGN} if it holds another system's data
     */
    void claim(RepositoryIdentity identity);

    /** Returns all backups, oldest first. */
    List<Backup> backups();

    /** Returns one backup. */
    Optional<Backup> findBackup(BackupId id);

    /** Begins a backup under a new id and records it as STARTED. */
    BackupWriter begin(NewBackup backup);

    /** Records another status of a backup, durably. */
    Backup updateStatus(BackupId id, BackupStatus status, Optional<String> error);

    /** Records durably what a backup is kept for, or that it is not kept any more. */
    Backup keep(BackupId id, Optional<KeepTarget> target);

    /** Returns where a backup lies, or would, if the store keeps it in a directory of this host. */
    default Optional<BackupPlace> place(BackupId id) {
        return Optional.empty();
    }

    /** Opens a backup for reading. */
    BackupReader open(BackupId id);

    /**
     * Returns what a backup that broke off has noted of its files.
     *
     * @return empty if nothing is noted of it, or it has all its files, or is not there
     */
    default Optional<BrokenBackup> findBroken(BackupId id) {
        return Optional.empty();
    }

    /**
     * Deletes a backup's files and then its record, in an order that an interrupted deletion can be repeated in and in
     * which a half-deleted backup is never listed as restorable. WAL is not touched.
     */
    void delete(BackupId id);

    /** Returns the WAL archive. */
    WalArchive wal();
}
