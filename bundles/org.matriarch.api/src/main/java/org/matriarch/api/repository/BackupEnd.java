package org.matriarch.api.repository;

import java.time.Instant;
import org.matriarch.api.model.Lsn;

/**
 * What is known of a backup after its last byte.
 *
 * @param backupLabel content of the backup_label file
 */
public record BackupEnd(Instant endTime, Lsn endLsn, String backupLabel) {}
