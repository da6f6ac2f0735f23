package org.matriarch.core.server.internal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** Turns the texts of a server, all of them judged to be right, into its configuration. */
final class Settings {

    private final Map<String, String> texts;

    private Settings(Map<String, String> texts) {
        this.texts = texts;
    }

    /**
     * Builds a configuration.
     *
     * @param texts in force by option, as {@link Judgement#effective} gives them
     * @param matriarchHome the directory that holds the server's own
     */
    static ServerConfiguration configuration(String name, Map<String, String> texts, Path matriarchHome) {
        Settings settings = new Settings(texts);
        String conninfo = settings.require(Options.CONNINFO);
        return new ServerConfiguration(
                name,
                settings.find(Options.DESCRIPTION).orElse(""),
                settings.require(Options.ACTIVE),
                conninfo,
                settings.find(Options.STREAMING_CONNINFO).orElse(conninfo),
                matriarchHome.resolve(name),
                settings.repository(),
                settings.backup(),
                settings.copy(),
                settings.wal(),
                settings.restore(),
                settings.hooks(),
                settings.schedule(),
                settings.monitoring());
    }

    private RestoreSettings restore() {
        List<String> options = find(Options.RECOVERY_OPTIONS).orElse(List.of());
        return new RestoreSettings(options.contains("get-wal"), options.contains("delta-restore"));
    }

    private RepositorySettings repository() {
        return new RepositorySettings(
                require(Options.REPOSITORY),
                require(Options.REPOSITORY_FORMAT),
                require(Options.COMPRESSION),
                find(Options.COMPRESSION_LEVEL),
                require(Options.MINIMUM_REDUNDANCY),
                find(Options.RETENTION_POLICY));
    }

    private BackupSettings backup() {
        String method = require(Options.BACKUP_METHOD);
        return new BackupSettings(
                method.equals("postgres") ? "streaming" : method,
                require(Options.IMMEDIATE_CHECKPOINT),
                require(Options.BANDWIDTH_LIMIT),
                require(Options.PARALLEL_JOBS),
                require(Options.BASEBACKUP_RETRY_TIMES),
                require(Options.BASEBACKUP_RETRY_SLEEP),
                require(Options.STREAMING_BACKUP_NAME),
                require(Options.PLUGIN_WAIT));
    }

    private CopySettings copy() {
        return new CopySettings(
                find(Options.SSH_COMMAND),
                require(Options.REUSE_BACKUP),
                require(Options.NETWORK_COMPRESSION),
                find(Options.TABLESPACE_BANDWIDTH_LIMIT).orElse(Map.of()),
                require(Options.BACKUP_OPTIONS).contains("external_configuration"));
    }

    private WalSettings wal() {
        boolean streaming = require(Options.STREAMING_ARCHIVER);
        return new WalSettings(
                streaming,
                find(Options.ARCHIVER).orElse(!streaming),
                find(Options.SLOT_NAME),
                require(Options.CREATE_SLOT).equals("auto"),
                require(Options.STREAMING_ARCHIVER_NAME));
    }

    private MonitoringSettings monitoring() {
        return new MonitoringSettings(
                find(MonitoringOptions.LAST_BACKUP_MAXIMUM_AGE),
                find(MonitoringOptions.LAST_BACKUP_MINIMUM_SIZE),
                find(MonitoringOptions.LAST_WAL_MAXIMUM_AGE),
                find(MonitoringOptions.MAX_INCOMING_WALS_QUEUE),
                require(MonitoringOptions.CHECK_INTERVAL));
    }

    private HookSettings hooks() {
        var commands = new HashMap<Hook, String>();
        HookOptions.BY_HOOK.forEach((hook, option) -> find(option).ifPresent(command -> commands.put(hook, command)));
        return new HookSettings(commands);
    }

    private ScheduleSettings schedule() {
        return new ScheduleSettings(
                find(Options.BACKUP_SCHEDULE),
                require(Options.BACKUP_SCHEDULE_JITTER),
                require(Options.RETENTION_POLICY_MODE).equals("auto"));
    }

    private <T> Optional<T> find(Option<T> option) {
        return option.parse(texts.getOrDefault(option.name(), ""));
    }

    private <T> T require(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new IllegalArgumentException("'%s' has no value".formatted(option.name())));
    }
}
