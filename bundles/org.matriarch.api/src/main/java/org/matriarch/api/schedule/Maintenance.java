package org.matriarch.api.schedule;

import org.osgi.annotation.versioning.ProviderType;

/** Does for servers what is to be done again and again. Thread-safe. */
@ProviderType
public interface Maintenance {

    /**
     * Does one round for a server now and waits for its end: looks for WAL that backups wait for, finishes deletions that broke
     * off, and deletes what the retention policy no longer needs, unless {@code retention_policy_mode} is {@code manual}. Rounds of
     * one server wait for one another. What takes long is done by jobs; they go on if the caller is interrupted.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}, {@code CONFIGURATION_INVALID} if the server's
     *     file is refused, {@code STORE_MISSING}, {@code REPOSITORY_TAKEN}, {@code JOB_CONFLICT} while somebody else deletes its backups, or whatever a
     *     job ended with; what was done by then stays done
     */
    MaintenanceReport run(String server) throws InterruptedException;
}
