package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The configuration files as they are, before an import.
 *
 * @param directory holds them
 * @param global what the global file says, by key
 * @param servers the file of each server that is configured, by its name
 * @param defaultHome where servers live if the global file does not say
 */
record ConfigurationFiles(Path directory, Map<String, String> global, Map<String, String> servers, Path defaultHome) {

    /** Keeps its own copies. */
    ConfigurationFiles {
        global = Map.copyOf(global);
        servers = Collections.unmodifiableMap(new TreeMap<>(servers));
    }
}
