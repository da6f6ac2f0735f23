package org.matriarch.api.plugin;

import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;

/** What a door says when it needs a service whose bundle is not active now. */
public final class Installed {

    private Installed() {}

    /**
     * Returns a service that is there.
     *
     * @param bundle the symbolic name of the bundle that has it
     * @throws MatriarchException {@code PLUGIN_MISSING} if it is not there
     */
    public static <T> T require(@Nullable T service, String bundle) {
        if (service == null) {
            throw new MatriarchException(
                    ErrorCode.PLUGIN_MISSING,
                    "bundle '%s' is not active".formatted(bundle),
                    "run bundle:diag %s at the Karaf prompt to see what it waits for.".formatted(bundle));
        }
        return service;
    }
}
