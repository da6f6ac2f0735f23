package org.matriarch.core.wal.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.Servers;

/** The servers that a test configures. */
final class FixedServers implements Servers {

    private final Map<String, ServerConfiguration> byName = new ConcurrentHashMap<>();

    FixedServers(ServerConfiguration... servers) {
        for (ServerConfiguration server : servers) {
            put(server);
        }
    }

    void put(ServerConfiguration server) {
        byName.put(server.name(), server);
    }

    void remove(String name) {
        byName.remove(name);
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
                        ErrorCode.SERVER_UNKNOWN, "no server '%s'".formatted(name), "see server:list."));
    }

    @Override
    public Map<String, List<ConfigurationProblem>> problems() {
        return Map.of();
    }

    @Override
    public Map<String, String> describe(String name) {
        return Map.of();
    }
}
