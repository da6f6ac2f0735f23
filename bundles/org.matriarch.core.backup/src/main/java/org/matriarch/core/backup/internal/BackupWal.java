package org.matriarch.core.backup.internal;

import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.wal.ReceiverStatus;
import org.matriarch.api.wal.WalFiles;
import org.matriarch.api.wal.WalReceivers;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The WAL of the servers, as far as a backup needs to know of it before it has its files. */
@Component(service = BackupWal.class)
public final class BackupWal {

    private final WalReceivers receivers;
    private final WalFiles files;

    /** Asks those who receive and keep the WAL. */
    @Activate
    public BackupWal(@Reference WalReceivers receivers, @Reference WalFiles files) {
        this.receivers = receivers;
        this.files = files;
    }

    WalReceivers receivers() {
        return receivers;
    }

    /**
     * Refuses a backup that begins in WAL which is not there and will not come, before all its files are copied for nothing. A
     * standby begins at its last restartpoint, which may be older than all that was received.
     */
    void requireBeginning(ServerConfiguration server, ServerFacts facts, BaseBackupStart start) {
        if (!server.wal().streaming() || server.wal().archiver()) {
            return; // what others hand over may come late
        }
        ReceiverStatus status = receivers.status(server.name());
        long segmentBytes = facts.segmentSizeBytes();
        WalFileName first = WalFileName.ofSegment(start.timeline(), start.startLsn(), segmentBytes);
        // A segment that the receiver has left behind has its name already; asked before we look for it.
        boolean passed = status.timeline() == start.timeline()
                && !status.flushed().orElse(Lsn.ZERO).isBefore(first.endLsn(segmentBytes));
        if (passed && files.peek(server.name(), first, 1).isEmpty()) {
            throw new MatriarchException(
                    ErrorCode.BACKUP_REFUSED,
                    "unable to back up server '%s': its backup begins in WAL %s, which was never received, and the receiver is at %s"
                            .formatted(
                                    server.name(),
                                    first,
                                    status.flushed().map(Lsn::toString).orElse("?")),
                    facts.inRecovery()
                            ? "run CHECKPOINT on the primary, and then on this standby when it has replayed that; its backups begin"
                                    + " there."
                            : "run CHECKPOINT on the server, and take the backup again.");
        }
    }
}
