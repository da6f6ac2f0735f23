package org.matriarch.api.recovery;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What to restore, where to, and how far.
 *
 * @param backup a selector as for {@link org.matriarch.api.catalog.BackupCatalog}, or {@code auto} for the newest backup
 *     from which the target can be reached
 * @param timeline a number, {@code current} or {@code latest}
 * @param tablespaces new directory by tablespace name; others go where they were
 * @param getWal whether PostgreSQL fetches WAL by command; empty for the configuration's choice
 * @param retryTimes how often the copy of each file that could not be read is begun again; empty for the configuration's
 *     choice, as is {@code retrySleep}
 * @param retrySleep how long to wait before that
 * @param remoteSshCommand reaches the host to restore to, as in {@code ssh postgres@pg}, or is {@link #OF_THE_SERVER}; empty
 *     for the host of the container
 * @param delta whether the places may hold an older copy, of which the files stay that are as in the backup; empty for the
 *     configuration's choice
 */
public record RestoreRequest(
        String server,
        String backup,
        Path destination,
        RecoveryTarget target,
        boolean exclusive,
        Optional<String> timeline,
        Optional<TargetAction> action,
        Map<String, Path> tablespaces,
        Optional<Boolean> getWal,
        boolean standbyMode,
        Optional<Integer> jobs,
        Optional<Integer> bandwidthLimitKib,
        Optional<Integer> retryTimes,
        Optional<Duration> retrySleep,
        Optional<String> remoteSshCommand,
        Optional<Boolean> delta) {

    /** As the backup: the newest one from which the target can be reached, as far as that can be told. */
    public static final String AUTO = "auto";

    /** In place of a command: the {@code ssh_command} that the server is configured with. */
    public static final String OF_THE_SERVER = "ssh_command";

    /** Keeps its own copy. */
    public RestoreRequest {
        tablespaces = Map.copyOf(tablespaces);
    }

    /** Returns the same request with these two settled. */
    public RestoreRequest settled(Optional<String> sshCommand, boolean isDelta) {
        return new RestoreRequest(
                server,
                backup,
                destination,
                target,
                exclusive,
                timeline,
                action,
                tablespaces,
                getWal,
                standbyMode,
                jobs,
                bandwidthLimitKib,
                retryTimes,
                retrySleep,
                sshCommand,
                Optional.of(isDelta));
    }

    /** Returns whether an older copy may be there. */
    public boolean isDelta() {
        return delta.orElse(false);
    }

    /** Returns whether the files go to another host. */
    public boolean isRemote() {
        return remoteSshCommand.isPresent();
    }
}
