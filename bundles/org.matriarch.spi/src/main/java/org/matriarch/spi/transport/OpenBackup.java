package org.matriarch.spi.transport;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A backup that the server knows of and that the transport copies the files for, by itself: PostgreSQL's low-level backup
 * API (manual, "Making a Base Backup Using the Low Level API"). Between its begin and {@link #finish}, files may be copied in
 * any order and while they change; {@code global/pg_control} comes last.
 *
 * <p>Used by one thread. Closing it without {@link #finish} makes the server forget the backup.
 */
@ProviderType
public interface OpenBackup extends AutoCloseable {

    /** Returns what is to be copied from where. */
    CopySource source();

    /**
     * Ends the backup on the server, after every file was copied, and stores {@code backup_label}.
     *
     * @throws TransportException if the server is gone, or was promoted meanwhile
     */
    TransferEnd finish() throws TransportException, InterruptedException;

    @Override
    void close();
}
