package org.matriarch.core.repository.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;

/**
 * What was read of the backups of one repository, so that listing thousands of them reads only what has changed. Thread-safe.
 *
 * <p>A backup is as it was while the size and the time of everything that describes it are. Who changes something twice
 * within the same tick of a clock could hide behind that, so what is young when it is read is read again.
 */
final class KnownBackups {

    private static final Duration YOUNG = Duration.ofSeconds(2);

    /** A backup, and what described it. */
    private record Known(List<ObjectInfo> described, Backup backup) {}

    private final Map<BackupId, Known> backups = new ConcurrentHashMap<>();
    /** Of manifests, which never change. */
    private final Map<ObjectName, Long> fileCounts = new ConcurrentHashMap<>();

    Optional<Backup> find(BackupId id, List<ObjectInfo> described) {
        return Optional.ofNullable(backups.get(id))
                .filter(known -> known.described().equals(described))
                .map(Known::backup);
    }

    /**
     * Keeps what was read.
     *
     * @param described what described it before it was read
     * @param looked when that was
     */
    void keep(Backup backup, List<ObjectInfo> described, Instant looked) {
        Instant young = looked.minus(YOUNG);
        boolean settled = backup.status() != BackupStatus.STARTED
                && described.stream().allMatch(object -> object.modified().isBefore(young));
        if (settled) {
            backups.put(backup.id(), new Known(List.copyOf(described), backup));
        }
    }

    void forget(BackupId id) {
        backups.remove(id);
    }

    /** Forgets all others. */
    void retain(Collection<BackupId> ids) {
        backups.keySet().retainAll(ids);
    }

    Map<ObjectName, Long> fileCounts() {
        return fileCounts;
    }
}
