package org.matriarch.api.wal;

import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where database hosts push and fetch WAL over HTTP: what {@code matriarch-wal-push} and {@code matriarch-wal-fetch} have
 * to be told.
 *
 * <p>Thread-safe. The answers change with the configuration: ask again at each use.
 */
@ProviderType
public interface WalDoor {

    /**
     * Returns the address that clients are given, such as {@code https://backup.example.org:7681}.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code DOOR_CLOSED}, with the reason
     */
    String url();

    /** Returns the PEM file of the certificate by which clients know the container; empty without TLS. */
    Optional<Path> certificate();

    /**
     * Returns the file that holds a server's token as one line, readable by its owner alone. It is made if there is none.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}; {@code DOOR_CLOSED} if it cannot be made
     */
    Path tokenFile(String server);
}
