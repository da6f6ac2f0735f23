package org.matriarch.spi.transport;

import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupListener;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.osgi.annotation.versioning.ProviderType;

/** What a transport is asked for, and what the core lends it for the time of one transfer. */
@ProviderType
public interface TransferRequest {

    /** Returns how the backup is to be taken. */
    BaseBackupOptions options();

    /** Returns how many streams may run at once; at least 1. */
    int jobs();

    /**
     * Takes a base backup over a replication connection of the core's.
     *
     * @throws TransportException if the connection could not be opened or was lost
     */
    BaseBackupEnd baseBackup(BaseBackupListener listener) throws TransportException, InterruptedException;
}
