package org.matriarch.api.repository;

import org.matriarch.api.server.ServerConfiguration;
import org.osgi.annotation.versioning.ProviderType;

/** Finds the repository of a server. Thread-safe. */
@ProviderType
public interface Repositories {

    /**
     * Returns the repository of a server, for immediate use.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code STORE_MISSING} if its store is not installed now
     */
    Repository repository(ServerConfiguration server);

    /**
     * Makes sure that of all processes that share the disk of a server's repository, or of its home, this one alone writes there,
     * until {@link #giveBack} or the end of the process, whatever ends it. Does nothing if that is so already.
     *
     * <p>Every method of a {@link Repository} that writes does this first; who writes to the server's home has to call it.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code REPOSITORY_TAKEN}, naming the other process
     */
    void takeCharge(ServerConfiguration server);

    /** Lets another process write. Called when nothing is written for a server any more. */
    void giveBack(String server);
}
