package org.matriarch.api.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.hook.Hook;
import org.matriarch.api.hook.HookEvent;
import org.matriarch.api.model.RetentionPolicy;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.schedule.CronSchedule;

/**
 * The configuration of one server in force: validated, defaults filled in.
 *
 * @param conninfo libpq connection string for SQL; may hold a password, so it is never printed as it is
 * @param streamingConninfo libpq connection string for the replication protocol
 * @param home directory of this server under {@code matriarch_home}: queues, and the default store's objects
 */
public record ServerConfiguration(
        String name,
        String description,
        boolean active,
        String conninfo,
        String streamingConninfo,
        Path home,
        RepositorySettings repository,
        BackupSettings backup,
        CopySettings copy,
        WalSettings wal,
        RestoreSettings restore,
        HookSettings hooks,
        ScheduleSettings schedule,
        MonitoringSettings monitoring) {

    /**
     * Where backups and WAL go.
     *
     * @param store id of the store
     * @param compression id of a compressor, or {@code none}
     * @param compressionLevel a number on the compressor's own scale, or {@code low}, {@code medium} or {@code high}, which
     *     each compressor has a level for; empty for its default
     * @param retention empty if no backup is ever obsolete
     */
    public record RepositorySettings(
            String store,
            String format,
            String compression,
            Optional<String> compressionLevel,
            int minimumRedundancy,
            Optional<RetentionPolicy> retention) {}

    /**
     * How backups are taken.
     *
     * @param bandwidthLimitKib 0 for no limit
     * @param retryTimes how often a failed copy is begun again
     * @param pluginWait how long a job waits for a plugin that has gone
     */
    public record BackupSettings(
            String method,
            boolean immediateCheckpoint,
            int bandwidthLimitKib,
            int parallelJobs,
            int retryTimes,
            Duration retrySleep,
            String applicationName,
            Duration pluginWait) {}

    /**
     * How files are copied from the server's host and to it, for the transports that see files.
     *
     * @param sshCommand reaches the host, as in {@code ssh postgres@pg}; empty if there is none
     * @param reuse what becomes of files that have not changed since the backup before
     * @param networkCompression whether to compress on the way
     * @param tablespaceBandwidthLimitKib limits by name of the tablespace, in place of the general one
     * @param externalConfiguration whether the operator takes care of configuration files that a backup does not hold
     */
    public record CopySettings(
            Optional<String> sshCommand,
            ReuseMode reuse,
            boolean networkCompression,
            Map<String, Integer> tablespaceBandwidthLimitKib,
            boolean externalConfiguration) {

        /** What holds for a server that says nothing of it. */
        public static final CopySettings NONE =
                new CopySettings(Optional.empty(), ReuseMode.OFF, false, Map.of(), false);

        /** Keeps its own copy. */
        public CopySettings {
            tablespaceBandwidthLimitKib = Map.copyOf(tablespaceBandwidthLimitKib);
        }
    }

    /**
     * How WAL comes.
     *
     * @param streaming whether the streaming receiver runs
     * @param archiver whether files are taken that PostgreSQL or an operator hands over
     * @param slotName empty for no slot
     * @param createSlotAutomatically whether the receiver creates the slot if it is missing
     */
    public record WalSettings(
            boolean streaming,
            boolean archiver,
            Optional<String> slotName,
            boolean createSlotAutomatically,
            String applicationName) {}

    /**
     * How backups come back.
     *
     * @param getWal whether the restored server fetches its WAL
     * @param delta whether what is left of an older copy is used
     */
    public record RestoreSettings(boolean getWal, boolean delta) {}

    /**
     * What runs before and after the work.
     *
     * @param commands for the shell, by hook
     */
    public record HookSettings(Map<Hook, String> commands) {

        /** No hooks. */
        public static final HookSettings NONE = new HookSettings(Map.of());

        /** Keeps its own copy. */
        public HookSettings {
            commands = Map.copyOf(commands);
        }

        /** Returns the command of a hook; empty if none is set. */
        public Optional<String> command(Hook hook) {
            return Optional.ofNullable(commands.get(hook));
        }

        /** Returns whether any hook is set for an event. */
        public boolean concerns(HookEvent event) {
            return !commands.isEmpty() && commands.keySet().stream().anyMatch(hook -> hook.event() == event);
        }
    }

    /**
     * What runs by itself.
     *
     * @param backups when backups begin; empty for never
     * @param backupJitter by how much each of them begins later at most, at random
     * @param retention whether the retention policy is enforced without being asked
     */
    public record ScheduleSettings(Optional<CronSchedule> backups, Duration backupJitter, boolean retention) {

        /** What holds for a server that says nothing of it. */
        public static final ScheduleSettings NONE = new ScheduleSettings(Optional.empty(), Duration.ZERO, true);
    }

    /**
     * From when on something is wrong; what is empty is not looked at.
     *
     * @param lastBackupMaximumAge how long ago the newest whole backup may have ended
     * @param lastBackupMinimumSizeBytes how much the newest whole backup that is no incremental one restores at least
     * @param lastWalMaximumAge how long ago the newest WAL file may have been archived
     * @param maxIncomingWalsQueue how many WAL files may wait to be archived
     * @param checkInterval how often the server is checked by itself; zero for never
     */
    public record MonitoringSettings(
            Optional<Duration> lastBackupMaximumAge,
            Optional<Long> lastBackupMinimumSizeBytes,
            Optional<Duration> lastWalMaximumAge,
            Optional<Integer> maxIncomingWalsQueue,
            Duration checkInterval) {

        /** No limits, and never checked by itself. */
        public static final MonitoringSettings NONE = new MonitoringSettings(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO);
    }
}
