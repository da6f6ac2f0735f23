package org.matriarch.testkit.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;

/** Answers with the configurations that a test gives it, which the test may change. Thread-safe. */
public final class FixedServers implements Servers {

    private final Map<String, ServerConfiguration> byName = new ConcurrentSkipListMap<>();
    private final Map<String, List<ConfigurationProblem>> problems = new ConcurrentSkipListMap<>();

    /** Begins with these. */
    public FixedServers(ServerConfiguration... servers) {
        for (ServerConfiguration server : servers) {
            put(server);
        }
    }

    /** Adds a server or changes it. */
    public void put(ServerConfiguration server) {
        byName.put(server.name(), server);
    }

    /** Takes a server away. */
    public void remove(String name) {
        byName.remove(name);
    }

    /** Says from now on that a file is refused; the key is empty for the global one. */
    public void refuse(String name, ConfigurationProblem problem) {
        problems.put(name, List.of(problem));
    }

    /** Says from now on that all files are good. */
    public void acceptAll() {
        problems.clear();
    }

    @Override
    public List<ServerConfiguration> servers() {
        return List.copyOf(byName.values());
    }

    @Override
    public Optional<ServerConfiguration> findServer(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public ServerConfiguration requireServer(String name) {
        return findServer(name)
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.SERVER_UNKNOWN,
                        "no server '%s' is configured".formatted(name),
                        "configured are: %s.".formatted(byName.keySet())));
    }

    @Override
    public Map<String, List<ConfigurationProblem>> problems() {
        return Map.copyOf(problems);
    }

    @Override
    public Map<String, String> describe(String name) {
        ServerConfiguration server = requireServer(name);
        return Map.of(
                "description",
                server.description(),
                "store",
                server.repository().store(),
                "backup_method",
                server.backup().method());
    }
}
