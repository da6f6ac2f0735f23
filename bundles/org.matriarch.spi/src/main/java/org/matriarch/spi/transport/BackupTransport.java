package org.matriarch.spi.transport;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Brings the files of a running server's data directory, in such a way that recovery makes them consistent.
 *
 * <p>Stateless and thread-safe: every transfer is one call.
 */
@ConsumerType
public interface BackupTransport {

    /** Service property that carries {@link #id}. */
    String PROPERTY_ID = "matriarch.transport.id";

    /** Returns the value of {@code backup_method} that means this transport. */
    String id();

    /**
     * Takes one backup: announces it, delivers every file and directory, and reports its end.
     *
     * @throws TransportException if the backup could not be brought whole; what was delivered is then worthless
     * @throws InterruptedException if it was interrupted; it then stops soon
     */
    TransferEnd transfer(TransferRequest request, TransferReceiver receiver)
            throws TransportException, InterruptedException;
}
