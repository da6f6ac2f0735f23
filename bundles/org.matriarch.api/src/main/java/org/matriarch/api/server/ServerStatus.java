package org.matriarch.api.server;

import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.wal.ReceiverStatus;

/**
 * How a server under care stands, at one moment.
 *
 * @param reachable whether PostgreSQL answered
 * @param postgresVersion empty if it never answered
 * @param oldestRestorable the earliest moment that can be restored to: the end of the oldest whole backup
 * @param walFiles number of archived WAL files
 * @param lastArchivedWal newest segment of the archive
 * @param lagBytes how far the receiver's flushed position lies behind the server
 */
public record ServerStatus(
        String server,
        String description,
        boolean active,
        boolean reachable,
        Optional<String> problem,
        Optional<String> postgresVersion,
        Optional<String> systemId,
        Optional<Integer> timeline,
        Optional<Boolean> standby,
        Optional<Lsn> currentLsn,
        long databaseSizeBytes,
        int backups,
        int backupsDone,
        int minimumRedundancy,
        Optional<String> lastBackup,
        Optional<Instant> lastBackupEnd,
        Optional<Instant> oldestRestorable,
        long walFiles,
        long walBytes,
        Optional<String> lastArchivedWal,
        Optional<Instant> lastArchivedTime,
        double walFilesPerHour,
        Optional<Long> lagBytes,
        ReceiverStatus receiver) {}
