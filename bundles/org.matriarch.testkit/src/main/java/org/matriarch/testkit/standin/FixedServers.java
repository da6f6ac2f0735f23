package org.matriarch.testkit.standin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.server.ConfigurationProblem;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.BackupSettings;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.api.server.ServerConfiguration.RestoreSettings;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.api.server.Servers;

/** Knows the servers that a test gives it. Thread-safe. */
public final class FixedServers implements Servers {

    private final Map<String, ServerConfiguration> byName = new ConcurrentSkipListMap<>();

    /** Knows {@code servers}. */
    public FixedServers(ServerConfiguration... servers) {
        List.of(servers).forEach(this::put);
    }

    /** Returns a configuration with the product's defaults, for a server that both connection strings lead to. */
    public static ServerConfiguration configuration(String name, String conninfo, Path home) {
        return new ServerConfiguration(
                name,
                "",
                true,
                conninfo,
                conninfo,
                home,
                new RepositorySettings("default", "plain", "none", Optional.empty(), 0),
                new BackupSettings(
                        "streaming", true, 0, 1, 0, Duration.ofSeconds(30), "matriarch_backup", Duration.ofMinutes(5)),
                new WalSettings(true, Optional.of("matriarch"), true, "matriarch_receive_wal"),
                new RestoreSettings(false));
    }

    /** Adds or replaces a configuration. */
    public void put(ServerConfiguration server) {
        byName.put(server.name(), server);
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
                        "see 'server:list'."));
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
