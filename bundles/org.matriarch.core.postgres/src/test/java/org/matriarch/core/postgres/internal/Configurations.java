package org.matriarch.core.postgres.internal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.BackupSettings;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.api.server.ServerConfiguration.RestoreSettings;
import org.matriarch.api.server.ServerConfiguration.WalSettings;

/** Configurations of servers for tests, and a local user without files and variables. */
final class Configurations {

    private Configurations() {}

    static ServerConfiguration of(String conninfo) {
        return of(conninfo, conninfo);
    }

    static ServerConfiguration of(String conninfo, String streamingConninfo) {
        return new ServerConfiguration(
                "main",
                "",
                true,
                conninfo,
                streamingConninfo,
                Path.of("/nowhere"),
                new RepositorySettings("file", "plain", "none", Optional.empty(), 0, Optional.empty()),
                new BackupSettings("streaming", true, 0, 1, 0, Duration.ZERO, "matriarch_backup", Duration.ZERO),
                ServerConfiguration.CopySettings.NONE,
                new WalSettings(true, false, Optional.of("matriarch"), true, "matriarch_wal"),
                new RestoreSettings(false, false),
                ServerConfiguration.HookSettings.NONE,
                ServerConfiguration.ScheduleSettings.NONE,
                ServerConfiguration.MonitoringSettings.NONE);
    }

    /** Returns a user whose home is empty. */
    static LocalUser nobody() {
        return new LocalUser("nobody", Path.of("/nowhere"), name -> Optional.empty());
    }

    /** Returns a user with a home and no variables. */
    static LocalUser at(Path home) {
        return new LocalUser("nobody", home, name -> Optional.empty());
    }
}
