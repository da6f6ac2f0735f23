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

    /** How much what happened matters. */
    public enum Severity {
        /** Happens all the time; only of interest to the product itself. */
        ROUTINE,
        /** Worth a line to somebody who looks. */
        NEWS,
        /** Somebody should look. */
        TROUBLE
    }

    /** What can happen. */
    public enum Type {
        /** A backup is whole. */
        BACKUP_DONE(Severity.NEWS),
        /** The files of a backup are stored; WAL that it needs is not archived yet. */
        BACKUP_WAITING(Severity.NEWS),
        /** A backup ended early. */
        BACKUP_FAILED(Severity.TROUBLE),
        /** A scheduled backup was not begun. */
        BACKUP_MISSED(Severity.TROUBLE),
        /** A backup was deleted, by hand or by the retention policy. */
        BACKUP_DELETED(Severity.NEWS),
        /** A WAL file was stored. */
        WAL_ARCHIVED(Severity.ROUTINE),
        /** A different file came under a name that is taken. */
        WAL_CONFLICT(Severity.TROUBLE),
        /** A file in the queue is not the WAL its name says. */
        WAL_REFUSED(Severity.TROUBLE),
        /** WAL that is needed is gone. */
        WAL_GAP(Severity.TROUBLE),
        /** The streaming receiver receives. */
        RECEIVER_UP(Severity.NEWS),
        /** The streaming receiver lost its server. */
        RECEIVER_DOWN(Severity.TROUBLE),
        /** WAL that is here cannot be archived; it waits, and is tried again. */
        ARCHIVER_FAILING(Severity.TROUBLE),
        /** WAL is archived again. */
        ARCHIVER_RECOVERED(Severity.NEWS),
        /** The server went on to a new timeline. */
        TIMELINE_SWITCHED(Severity.NEWS),
        /** A restore is complete. */
        RESTORE_DONE(Severity.NEWS),
        /** A configuration file was refused. */
        CONFIGURATION_REFUSED(Severity.TROUBLE),
        /** A configuration file that was refused is in force now, or gone. */
        CONFIGURATION_ACCEPTED(Severity.NEWS),
        /** A check that was in order fails; the subject is its name. */
        CHECK_FAILED(Severity.TROUBLE),
        /** A check that failed is in order again; the subject is its name. */
        CHECK_OK(Severity.NEWS);

        private final Severity severity;

        Type(Severity severity) {
            this.severity = severity;
        }

        /** Returns how much events of this type matter. */
        public Severity severity() {
            return severity;
        }
    }
}
