package org.matriarch.core.wal.internal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.matriarch.api.postgres.PostgresConnections;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.BackupSettings;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.api.server.ServerConfiguration.RestoreSettings;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.ServerBuilder;

/** A server under care, with everything that its receiver and archiver need. */
final class Sample {

    final ScriptedServer postgres = new ScriptedServer();
    final InMemoryRepository repository = new InMemoryRepository("main");
    final RecordingEvents events = new RecordingEvents();
    final RecordingHooks hooks = new RecordingHooks();
    final FaultyDisk disk = new FaultyDisk();
    final ServerConfiguration configuration;
    final WalServices services;
    final StreamingDirectory directory;

    Sample(Path home) {
        this(home, new WalSettings(true, false, Optional.of("matriarch"), true, "matriarch_receive_wal"));
    }

    Sample(Path home, WalSettings wal) {
        this(home, wal, Clock.systemUTC());
    }

    Sample(Path home, WalSettings wal, Clock clock) {
        configuration = configuration(home, "host=main", wal);
        services = new WalServices(postgres, repository, events, hooks, clock, disk);
        directory = new StreamingDirectory(home, disk);
    }

    Sample(Path home, String conninfo, PostgresConnections connections) {
        configuration = configuration(
                home, conninfo, new WalSettings(true, false, Optional.of("matriarch"), true, "matriarch_receive_wal"));
        services = new WalServices(connections, repository, events, hooks, Clock.systemUTC(), disk);
        directory = new StreamingDirectory(home, disk);
    }

    WalArchiver archiver() {
        return new WalArchiver(configuration, services);
    }

    /** Returns the archiver of the same server with a hook. */
    WalArchiver archiverWithHook(String option) {
        ServerConfiguration hooked = new ServerBuilder(
                        "main", configuration.home().resolve(".."))
                .hook(option, "true")
                .build();
        return new WalArchiver(
                new ServerConfiguration(
                        "main",
                        "",
                        true,
                        configuration.conninfo(),
                        configuration.streamingConninfo(),
                        configuration.home(),
                        configuration.repository(),
                        configuration.backup(),
                        configuration.copy(),
                        configuration.wal(),
                        configuration.restore(),
                        hooked.hooks(),
                        configuration.schedule(),
                        configuration.monitoring()),
                services);
    }

    static ServerConfiguration configuration(Path home, String conninfo, WalSettings wal) {
        return new ServerConfiguration(
                "main",
                "",
                true,
                conninfo,
                conninfo,
                home,
                new RepositorySettings("file", "plain", "none", Optional.empty(), 0, Optional.empty()),
                new BackupSettings(
                        "streaming", true, 0, 1, 0, Duration.ofSeconds(1), "matriarch_backup", Duration.ofMinutes(5)),
                ServerConfiguration.CopySettings.NONE,
                wal,
                new RestoreSettings(false, false),
                ServerConfiguration.HookSettings.NONE,
                ServerConfiguration.ScheduleSettings.NONE,
                ServerConfiguration.MonitoringSettings.NONE);
    }
}
