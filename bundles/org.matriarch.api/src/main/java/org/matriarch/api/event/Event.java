package org.matriarch.api.event;

import java.time.Instant;

/**
 * Something that happened to a server under care.
 *
 * @param type what happened, stable for scripts
 * @param subject what it happened to, such as a backup id or a WAL name
 * @param message one line for a person
 */
public record Event(Instant time, Type type, String server, String subject, String message) {

    /** What can happen. */
    public enum Type {
        /** A backup is whole. */
        BACKUP_DONE,
        /** A backup ended early. */
        BACKUP_FAILED,
        /** A scheduled backup was not begun. */
        BACKUP_MISSED,
        /** A backup was deleted. */
        BACKUP_DELETED,
        /** A WAL file was stored. */
        WAL_ARCHIVED,
        /** A different file came under a name that is taken. */
        WAL_CONFLICT,
        /** A file in the queue is not the WAL its name says. */
        WAL_REFUSED,
        /** WAL that is needed is gone. */
        WAL_GAP,
        /** The streaming receiver receives. */
        RECEIVER_UP,
        /** The streaming receiver lost its server. */
        RECEIVER_DOWN,
        /** The server went on to a new timeline. */
        TIMELINE_SWITCHED,
        /** A restore is complete. */
        RESTORE_DONE,
        /** A configuration file was refused. */
        CONFIGURATION_REFUSED
    }
}
