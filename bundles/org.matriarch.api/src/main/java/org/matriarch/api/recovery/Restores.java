package org.matriarch.api.recovery;

import org.matriarch.api.job.Job;
import org.osgi.annotation.versioning.ProviderType;

/** Restores backups. Thread-safe. */
@ProviderType
public interface Restores {

    /**
     * Plans a restore and checks everything that can be checked before the first byte is written: backup, target,
     * timeline, WAL, destination, room.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}, {@code BACKUP_UNKNOWN},
     *     {@code BACKUP_STATE}, {@code TARGET_INVALID}, {@code TARGET_UNREACHABLE}, {@code WAL_MISSING},
     *     {@code DESTINATION_UNUSABLE}; {@code HOST_UNREACHABLE}, {@code HOST_REFUSED}, {@code HOST_FILES} or
     *     {@code PLUGIN_MISSING} where it goes to another host
     */
    RestorePlan plan(RestoreRequest request);

    /** Carries out a plan, as a job. Until it is done the destination holds nothing that PostgreSQL would start from. */
    Job carryOut(RestorePlan plan);
}
