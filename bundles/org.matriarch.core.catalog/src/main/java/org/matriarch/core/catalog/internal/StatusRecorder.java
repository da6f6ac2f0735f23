package org.matriarch.core.catalog.internal;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.matriarch.api.event.Event;
import org.matriarch.api.event.Events;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that a backup became whole or failed, once, and tells those who listen. Thread-safe. */
final class StatusRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(StatusRecorder.class);

    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final Events events;
    private final Clock clock;

    StatusRecorder(Events events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    /**
     * Records a status if the backup still has the one that the decision was based on.
     *
     * @return the backup as it then stands; {@code seen} if it is gone
     */
    Backup record(Repository repository, Backup seen, BackupStatus status, Optional<String> reason) {
        // Held while the store writes, against the rule: two callers must not both announce the same change. It is one
        // lock per server, so that a store that hangs holds up nobody else.
        ReentrantLock lock = locks.computeIfAbsent(seen.server(), server -> new ReentrantLock());
        lock.lock();
        try {
            Optional<Backup> now = repository.findBackup(seen.id());
            if (now.isEmpty() || now.get().status() != seen.status()) {
                return now.orElse(seen);
            }
            Backup changed = repository.updateStatus(seen.id(), status, reason);
            announce(changed, status, reason);
            return changed;
        } finally {
            lock.unlock();
        }
    }

    /** Tells that a backup is gone. */
    void deleted(String server, BackupId id) {
        LOG.info("backup '{}' of server '{}' deleted", id, server);
        publish(Event.Type.BACKUP_DELETED, server, id, "backup '%s' was deleted".formatted(id));
    }

    private void announce(Backup backup, BackupStatus status, Optional<String> reason) {
        LOG.info(
                "backup '{}' of server '{}' is {}{}",
                backup.id(),
                backup.server(),
                status,
                reason.map(text -> ": " + text).orElse(""));
        if (status == BackupStatus.DONE) {
            publish(
                    Event.Type.BACKUP_DONE,
                    backup.server(),
                    backup.id(),
                    "backup '%s' is whole".formatted(backup.id()));
        } else if (status == BackupStatus.FAILED) {
            publish(
                    Event.Type.BACKUP_FAILED,
                    backup.server(),
                    backup.id(),
                    "backup '%s' failed: %s".formatted(backup.id(), reason.orElse("")));
        }
    }

    private void publish(Event.Type type, String server, BackupId id, String message) {
        events.publish(new Event(clock.instant(), type, server, id.value(), message));
    }
}
