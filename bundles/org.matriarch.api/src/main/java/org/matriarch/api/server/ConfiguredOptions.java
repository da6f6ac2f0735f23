package org.matriarch.api.server;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Tells where the values of a server's options come from. Thread-safe. */
@ProviderType
public interface ConfiguredOptions {

    /**
     * Returns every option that concerns a server, those of the whole installation first; all of one moment. A key that is no
     * option is among {@link Servers#problems} alone.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}
     */
    List<ConfiguredOption> options(String server);
}
