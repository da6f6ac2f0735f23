package org.matriarch.core.backup.internal;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;

/** Names the bundle whose code is at fault when a plugin breaks off with what its interface does not allow. */
final class PluginFailures {

    private PluginFailures() {}

    /**
     * Describes what a plugin threw.
     *
     * @param plugin such as "compressor 'xz'"
     * @param what it was to do
     */
    static MatriarchException of(Object service, String plugin, String what, Throwable thrown) {
        Bundle bundle = FrameworkUtil.getBundle(service.getClass());
        String name =
                bundle == null ? service.getClass().getName() : bundle.getSymbolicName() + " " + bundle.getVersion();
        return new MatriarchException(
                ErrorCode.PLUGIN_FAILED,
                "unable to %s: %s of bundle '%s' failed: %s".formatted(what, plugin, name, thrown),
                "report it to those who make that bundle, with what the log says.",
                thrown);
    }
}
