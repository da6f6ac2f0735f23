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
     * Returns how the server's host is reached.
     *
     * @throws TransportException if nobody has configured that
     */
    CopyHost host() throws TransportException;

    /**
     * Begins a backup whose files the transport copies itself; the receiver is told of its start. To be called when the host
     * is known to answer, since the server has to write a checkpoint.
     *
     * @throws TransportException if the server is away or refuses it
     * @throws InterruptedException also while the server writes its checkpoint
     */
    OpenBackup openBackup() throws TransportException, InterruptedException;

    /**
     * Takes a base backup over a replication connection of the core's.
     *
     * @throws TransportException if the connection could not be opened or was lost
     */
    BaseBackupEnd baseBackup(BaseBackupListener listener) throws TransportException, InterruptedException;
}
