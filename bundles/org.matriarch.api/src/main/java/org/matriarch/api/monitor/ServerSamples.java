package org.matriarch.api.monitor;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Looks at the servers again and again while somebody wants to know. Thread-safe.
 *
 * <p>A first answer after a long silence is as old as that; the next ones, within ten minutes of each other, are of the
 * latest half minute, unless somebody who was asked for them does not answer.
 */
@ProviderType
public interface ServerSamples {

    /** Returns what was last seen of each server, by name; at once, for nobody is asked meanwhile. */
    List<ServerSample> samples();
}
