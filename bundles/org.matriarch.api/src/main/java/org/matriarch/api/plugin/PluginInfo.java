package org.matriarch.api.plugin;

import java.util.List;

/**
 * An installed plugin.
 *
 * @param kind store, transport, compressor or hook runner
 * @param bundle symbolic name of the bundle that brings it
 * @param usedBy names of the servers whose configuration refers to it
 */
public record PluginInfo(String kind, String id, String bundle, String version, String state, List<String> usedBy) {}
