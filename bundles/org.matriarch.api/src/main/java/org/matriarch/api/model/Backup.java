package org.matriarch.api.model;

import java.util.Optional;

/**
 * A backup in a repository: what it is, where it came from and how far it came.
 *
 * @param name the operator's name for it, from {@code backup:create --name}
 * @param transport id of the transport that brought its files
 * @param format id of the repository format it lies in
 * @param error why it failed, or why it is still waiting
 */
public record Backup(
        BackupId id,
        Optional<String> name,
        String server,
        BackupStatus status,
        BackupKind kind,
        String transport,
        String format,
        Optional<BackupId> parent,
        BackupSource source,
        BackupSpan span,
        BackupSize size,
        RetentionStatus retention,
        Optional<String> error) {

    /** Returns the first segment that recovery needs, once known. */
    public Optional<WalFileName> beginWal() {
        return span.beginLsn().map(this::segmentAt);
    }

    /** Returns the last segment that recovery to the backup's end needs, once known. */
    public Optional<WalFileName> endWal() {
        // The end is the byte after the last record: an end on a boundary needs only the segment before it.
        return span.endLsn().map(end -> segmentAt(end.plus(-1)));
    }

    /** Returns this backup with another status and reason. */
    public Backup withStatus(BackupStatus newStatus, Optional<String> newError) {
        return new Backup(
                id, name, server, newStatus, kind, transport, format, parent, source, span, size, retention, newError);
    }

    /** Returns this backup with another origin and span, as they become known. */
    public Backup withOrigin(BackupSource newSource, BackupSpan newSpan) {
        return new Backup(
                id, name, server, status, kind, transport, format, parent, newSource, newSpan, size, retention, error);
    }

    /** Returns this backup with another size. */
    public Backup withSize(BackupSize newSize) {
        return new Backup(
                id, name, server, status, kind, transport, format, parent, source, span, newSize, retention, error);
    }

    /** Returns this backup with another retention status. */
    public Backup withRetention(RetentionStatus newRetention) {
        return new Backup(
                id, name, server, status, kind, transport, format, parent, source, span, size, newRetention, error);
    }

    private WalFileName segmentAt(Lsn position) {
        return WalFileName.ofSegment(source.timeline(), position, source.segmentSizeBytes());
    }
}
