package org.matriarch.api.backup;

import java.time.Duration;
import java.util.Optional;
import org.matriarch.api.model.ReuseMode;

/**
 * What a caller of {@code backup:create} may decide; what is empty comes from the configuration.
 *
 * @param resume whether files that broken backups have stored are taken over
 */
public record BackupOptions(
        Optional<String> name,
        Optional<Boolean> immediateCheckpoint,
        Optional<Integer> bandwidthLimitKib,
        Optional<Integer> jobs,
        Optional<ReuseMode> reuse,
        boolean resume,
        Optional<Integer> retryTimes,
        Optional<Duration> retrySleep,
        boolean waitForWal,
        Optional<Duration> waitTimeout) {

    /** Everything as configured, not waiting for WAL. */
    public static final BackupOptions CONFIGURED = new BackupOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty());
}
