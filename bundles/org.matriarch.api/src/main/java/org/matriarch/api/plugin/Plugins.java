package org.matriarch.api.plugin;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Tells which plugins are installed, and which are missed. Thread-safe. */
@ProviderType
public interface Plugins {

    /** Returns the plugins by kind and id; one that a server needs and nobody brings has the state {@code MISSING}. */
    List<PluginInfo> plugins();
}
