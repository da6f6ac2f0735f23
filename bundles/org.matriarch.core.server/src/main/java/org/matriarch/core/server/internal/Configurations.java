package org.matriarch.core.server.internal;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;

/**
 * Everything that is in force at one moment, and everything that is refused.
 *
 * @param global texts of the global file by key
 * @param servers in force, by name
 * @param problems by server name; the key of the global file is empty
 */
record Configurations(
        Map<String, String> global, Map<String, Server> servers, Map<String, List<ConfigurationProblem>> problems) {

    /** Before any file was read. */
    static final Configurations NONE = new Configurations(Map.of(), Map.of(), Map.of());

    /**
     * A server in force.
     *
     * @param texts of each option
     * @param file what it was configured by, without what it did not say
     */
    record Server(ServerConfiguration configuration, Map<String, String> texts, ConfigurationText file) {

        /** Returns whether the same is in force, wherever it is written. */
        boolean isAs(Server other) {
            return configuration.equals(other.configuration) && texts.equals(other.texts);
        }
    }

    /** Keeps its own copies. */
    Configurations {
        global = Collections.unmodifiableMap(new TreeMap<>(global));
        servers = Collections.unmodifiableMap(new TreeMap<>(servers));
        problems = Collections.unmodifiableMap(new TreeMap<>(problems));
    }

    Duration checkTimeout() {
        String text = global.getOrDefault(Options.CHECK_TIMEOUT.name(), "");
        return Options.CHECK_TIMEOUT
                .parse(text.isEmpty() ? Options.CHECK_TIMEOUT.defaultText() : text)
                .orElseThrow();
    }

    /** Returns the servers that came, changed or went since. */
    Set<String> changedSince(Configurations earlier) {
        var names = new TreeSet<>(servers.keySet());
        names.addAll(earlier.servers.keySet());
        names.removeIf(name -> {
            Server now = servers.get(name);
            Server before = earlier.servers.get(name);
            return now != null && before != null && now.isAs(before);
        });
        return names;
    }

    /** Returns the names whose files are refused now, though not for the same reasons before. */
    Set<String> refusedSince(Configurations earlier) {
        var names = new TreeSet<>(problems.keySet());
        names.removeIf(
                name -> problems.getOrDefault(name, List.of()).equals(earlier.problems.getOrDefault(name, List.of())));
        return names;
    }
}
