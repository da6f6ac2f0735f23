package org.matriarch.spi.configuration;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A plugin whose configuration changes while it is used. One that cannot work is refused, and what was in force before stays
 * so; {@code server:check} and {@code plugin:list} show it until it is mended. A service of another type of the SPI implements
 * this as well.
 */
@ConsumerType
public interface Reconfigurable {

    /**
     * Returns why the newest configuration is not in force, naming the file, the key and the value, without secrets; empty if it
     * is. Asked right after each change of the service's properties; answers at once, on any thread.
     */
    Optional<String> refused();

    /**
     * Returns whether any configuration is in force. A plugin whose first one cannot work comes up all the same and waits for
     * one that can; until then it is listed, and not used. Asked when {@link #refused} is.
     */
    default boolean isInForce() {
        return true;
    }
}
