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
        Optional<Duration> retrySleep) {

    /** Keeps its own copy. */
    public RestoreRequest {
        tablespaces = Map.copyOf(tablespaces);
    }
}
