package org.matriarch.api.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The servers that are configured right now.
 *
 * <p>Thread-safe. Configurations change while the product runs: ask again at each use. A job in flight goes on with the
 * configuration that it began with.
 */
@ProviderType
public interface Servers {

    /** Returns the configurations in force, by name. */
    List<ServerConfiguration> servers();

    /** Returns the configuration in force of a server. */
    Optional<ServerConfiguration> findServer(String name);

    /**
     * Returns the configuration in force of a server.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN} if there is none, naming the nearest
     */
    ServerConfiguration requireServer(String name);

    /** Returns what is refused now, by server name; the key is empty for the global file. */
    Map<String, List<ConfigurationProblem>> problems();

    /** Returns each option of a server with the value in force as it would stand in a file, secrets masked. */
    Map<String, String> describe(String name);
}
