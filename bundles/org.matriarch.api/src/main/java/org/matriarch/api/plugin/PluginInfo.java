package org.matriarch.api.plugin;

import java.util.List;
import java.util.Optional;

/**
 * An installed plugin.
 *
 * @param kind store, transport, compressor, hook runner or notifier
 * @param id what configurations call it by; {@code -} if the bundle cannot be used, and so cannot say
 * @param bundle symbolic name of the bundle that brings it
 * @param state that of the bundle; {@code MISSING} if nobody brings it, {@code REFUSED} if it was made for another version of us
 * @param usedBy names of the servers whose configuration refers to it
 * @param problem why it is refused
 */
public record PluginInfo(
        String kind,
        String id,
        String bundle,
        String version,
        String state,
        List<String> usedBy,
        Optional<String> problem) {

    /** A plugin that has no problem. */
    public PluginInfo(String kind, String id, String bundle, String version, String state, List<String> usedBy) {
        this(kind, id, bundle, version, state, usedBy, Optional.empty());
    }
}
