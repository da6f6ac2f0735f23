package org.matriarch.api.server;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Runs every check that is installed. Thread-safe. */
@ProviderType
public interface ServerChecks {

    /**
     * Returns the results for a server, in order, none for longer than the check timeout. A server whose only file was
     * refused has one failed result that says so.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code SERVER_UNKNOWN}
     */
    List<CheckResult> check(String server);
}
