package org.matriarch.spi.transport;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Lets backups be restored to other hosts.
 *
 * <p>Stateless and thread-safe: each restore opens its own.
 */
@ConsumerType
public interface RestoreTransport {

    /** Service property that carries {@link #id}. */
    String PROPERTY_ID = "matriarch.transport.id";

    /** Returns the name of this transport. */
    String id();

    /**
     * Reaches a host, and makes sure that it can do what a restore needs.
     *
     * @param connections how many files may be on their way at the same time; at least 1
     * @throws TransportException if the host does not answer, does not let us in, or cannot do what is needed
     */
    HostFiles open(CopyHost host, int connections) throws TransportException;
}
