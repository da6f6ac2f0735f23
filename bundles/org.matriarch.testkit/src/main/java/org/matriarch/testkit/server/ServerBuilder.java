package org.matriarch.testkit.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.BackupSettings;
import org.matriarch.api.server.ServerConfiguration.CopySettings;
import org.matriarch.api.server.ServerConfiguration.HookSettings;
import org.matriarch.api.server.ServerConfiguration.MonitoringSettings;
import org.matriarch.api.server.ServerConfiguration.RepositorySettings;
import org.matriarch.api.server.ServerConfiguration.RestoreSettings;
import org.matriarch.api.server.ServerConfiguration.ScheduleSettings;
import org.matriarch.api.server.ServerConfiguration.WalSettings;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Makes the configuration of a server of which a test says only what matters to it. */
public final class ServerBuilder {

    private final String name;
    private final Path home;
    private boolean active = true;
    private String conninfo = "host=127.0.0.1 user=postgres dbname=postgres";
    private String streamingConninfo = conninfo;
    private RepositorySettings repository =
            new RepositorySettings("default", "plain", "none", Optional.empty(), 0, Optional.empty());
    private BackupSettings backup = new BackupSettings(
            "streaming", true, 0, 1, 0, Duration.ofSeconds(30), "matriarch_backup", Duration.ofMinutes(5));
    private CopySettings copy = CopySettings.NONE;
    private WalSettings wal = new WalSettings(true, false, Optional.of("matriarch"), true, "matriarch_receive_wal");
    private boolean getWal;
    private boolean delta;
    private HookSettings hooks = HookSettings.NONE;
    private ScheduleSettings schedule = ScheduleSettings.NONE;
    private MonitoringSettings monitoring = MonitoringSettings.NONE;

    /** Begins with the product's defaults; {@code matriarchHome} is usually a temporary directory. */
    public ServerBuilder(String name, Path matriarchHome) {
        this.name = name;
        this.home = matriarchHome.resolve(name);
    }

    /** Points to a server that runs. */
    public ServerBuilder at(EmbeddedPostgres server) {
        return conninfo(server.conninfo());
    }

    /** Sets the connection string for SQL and for the replication protocol. */
    public ServerBuilder conninfo(String conninfo) {
        this.conninfo = conninfo;
        this.streamingConninfo = conninfo;
        return this;
    }

    /** Sets the connection string for the replication protocol only. */
    public ServerBuilder streamingConninfo(String conninfo) {
        this.streamingConninfo = conninfo;
        return this;
    }

    /** Says whether the server is active. */
    public ServerBuilder active(boolean active) {
        this.active = active;
        return this;
    }

    /** Sets where backups and WAL go. */
    public ServerBuilder repository(RepositorySettings repository) {
        this.repository = repository;
        return this;
    }

    /** Sets how backups are taken. */
    public ServerBuilder backup(BackupSettings backup) {
        this.backup = backup;
        return this;
    }

    /** Sets how files are copied. */
    public ServerBuilder copy(CopySettings copy) {
        this.copy = copy;
        return this;
    }

    /** Sets how WAL comes. */
    public ServerBuilder wal(WalSettings wal) {
        this.wal = wal;
        return this;
    }

    /** Says whether a restored server asks for WAL. */
    public ServerBuilder getWal(boolean getWal) {
        this.getWal = getWal;
        return this;
    }

    /** Says whether restores use what is left of an older copy. */
    public ServerBuilder delta(boolean delta) {
        this.delta = delta;
        return this;
    }

    /** Sets from when on checks fail. */
    public ServerBuilder monitoring(MonitoringSettings monitoring) {
        this.monitoring = monitoring;
        return this;
    }

    /** Sets a hook by its option, such as {@code pre_backup_script}. */
    public ServerBuilder hook(String option, String command) {
        Hook hook = Hook.ALL.stream()
                .filter(each -> each.option().equals(option))
                .findAny()
                .orElseThrow();
        var commands = new HashMap<>(hooks.commands());
        commands.put(hook, command);
        this.hooks = new HookSettings(commands);
        return this;
    }

    /** Sets what runs by itself. */
    public ServerBuilder schedule(ScheduleSettings schedule) {
        this.schedule = schedule;
        return this;
    }

    /** Returns the configuration. */
    public ServerConfiguration build() {
        return new ServerConfiguration(
                name,
                "server '%s' of a test".formatted(name),
                active,
                conninfo,
                streamingConninfo,
                home,
                repository,
                backup,
                copy,
                wal,
                new RestoreSettings(getWal, delta),
                hooks,
                schedule,
                monitoring);
    }
}
