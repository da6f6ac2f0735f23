package org.matriarch.api.error;

/**
 * Identifies one kind of failure for operators, scripts and monitoring.
 *
 * <p>A number is never reused. The thousands digit names the subsystem: 1 configuration and usage, 2 stores and
 * repositories, 3 WAL, 4 backup, 5 recovery, 6 failover, 7 PostgreSQL and its host, 8 jobs and plugins, 9 the product itself.
 */
public enum ErrorCode {
    /** A configuration file holds a key or value that cannot be used. */
    CONFIGURATION_INVALID(1001, Category.OPERATOR, false),
    /** No server of that name is configured. */
    SERVER_UNKNOWN(1002, Category.OPERATOR, false),
    /** A command was called with options or arguments that do not go together. */
    USAGE(1003, Category.OPERATOR, false),
    /** A name can never be what was asked for: not a WAL name, not a backup id. */
    NAME_INVALID(1004, Category.OPERATOR, false),
    /** A caller showed no token, or not that of the server it asked for. */
    TOKEN_REFUSED(1005, Category.OPERATOR, false),
    /** The user may not do this. */
    ROLE_MISSING(1006, Category.OPERATOR, false),
    /** The container does not know the user, the password is wrong, or the user has no role here. */
    LOGIN_REFUSED(1007, Category.OPERATOR, false),

    /** The store that a server's repository lives in is not installed or not configured. */
    STORE_MISSING(2001, Category.OPERATOR, true),
    /** The store failed to read or write. */
    STORE_FAILED(2002, Category.EXTERNAL, true),
    /** The store has no room left. */
    STORE_FULL(2003, Category.EXTERNAL, true),
    /** A stored object is not what was stored: size, checksum or content differ. */
    OBJECT_CORRUPT(2004, Category.EXTERNAL, false),
    /** The repository holds another PostgreSQL server's data. */
    REPOSITORY_FOREIGN(2005, Category.OPERATOR, false),
    /** No object of that name is stored. */
    OBJECT_MISSING(2006, Category.OPERATOR, false),
    /** A file of the repository cannot be understood. */
    REPOSITORY_UNREADABLE(2007, Category.EXTERNAL, false),
    /** Another process writes to the repository, and two must not. */
    REPOSITORY_TAKEN(2008, Category.OPERATOR, true),

    /** The WAL file is not in the archive. */
    WAL_MISSING(3001, Category.OPERATOR, true),
    /** WAL that is needed is gone for good, on the server and in the archive. */
    WAL_GAP(3002, Category.EXTERNAL, false),
    /** A different file is already archived under the name. */
    WAL_CONFLICT(3003, Category.EXTERNAL, false),
    /** The bytes are not the WAL file that the name says. */
    WAL_INVALID(3004, Category.EXTERNAL, false),
    /** The streaming receiver is not running, or runs already. */
    RECEIVER_STATE(3005, Category.OPERATOR, false),
    /** The replication slot is missing, taken, or cannot be created. */
    SLOT_UNAVAILABLE(3006, Category.OPERATOR, true),
    /** The archive already holds WAL of this server although it should be empty. */
    ARCHIVE_NOT_EMPTY(3007, Category.OPERATOR, false),
    /** A WAL file did not arrive as it was sent: its checksum differs, or the sender broke off. */
    WAL_TRANSFER(3008, Category.EXTERNAL, true),
    /** The server takes no WAL files that are handed over. */
    ARCHIVER_OFF(3009, Category.OPERATOR, false),

    /** A backup cannot be started now. */
    BACKUP_REFUSED(4001, Category.OPERATOR, false),
    /** A backup ended before it was whole. */
    BACKUP_FAILED(4002, Category.EXTERNAL, true),
    /** No backup answers to that name. */
    BACKUP_UNKNOWN(4003, Category.OPERATOR, false),
    /** A backup is not in a state that allows this. */
    BACKUP_STATE(4004, Category.OPERATOR, false),
    /** A backup's files are not those of its manifest. */
    BACKUP_CORRUPT(4005, Category.EXTERNAL, false),
    /** Deleting the backup would leave fewer than the minimum redundancy. */
    REDUNDANCY_MINIMUM(4006, Category.OPERATOR, false),

    /** The destination of a restore cannot be used. */
    DESTINATION_UNUSABLE(5001, Category.OPERATOR, false),
    /** The options of a restore contradict one another. */
    TARGET_INVALID(5002, Category.OPERATOR, false),
    /** The recovery target cannot be reached from the backup. */
    TARGET_UNREACHABLE(5003, Category.OPERATOR, false),
    /** A restore ended before it was whole. */
    RESTORE_FAILED(5004, Category.EXTERNAL, true),

    /** PostgreSQL does not answer. */
    POSTGRES_UNREACHABLE(7001, Category.EXTERNAL, true),
    /** PostgreSQL refuses the user, the password or the certificate. */
    POSTGRES_AUTHENTICATION(7002, Category.OPERATOR, false),
    /** PostgreSQL is set up so that this cannot work. */
    POSTGRES_SETTINGS(7003, Category.OPERATOR, false),
    /** PostgreSQL answered with an error. */
    POSTGRES_ERROR(7004, Category.EXTERNAL, true),
    /** PostgreSQL's version is not supported. */
    POSTGRES_VERSION(7005, Category.OPERATOR, false),
    /** The user lacks a privilege. */
    POSTGRES_PRIVILEGE(7006, Category.OPERATOR, false),
    /** The server answered against its own protocol. */
    POSTGRES_PROTOCOL(7007, Category.EXTERNAL, true),

    /** The host of a PostgreSQL server does not answer over SSH. */
    HOST_UNREACHABLE(7008, Category.EXTERNAL, true),
    /** The host of a PostgreSQL server does not let us in, or is not the one we know. */
    HOST_REFUSED(7009, Category.OPERATOR, false),
    /** Files on the host of a PostgreSQL server cannot be read or written. */
    HOST_FILES(7010, Category.OPERATOR, false),
    /** rsync is missing or too old, here or on the host of a PostgreSQL server, or a login there garbles what it sends. */
    RSYNC_UNUSABLE(7011, Category.OPERATOR, false),

    /** No job has that number. */
    JOB_UNKNOWN(8001, Category.OPERATOR, false),
    /** The job was cancelled. */
    JOB_CANCELLED(8002, Category.OPERATOR, true),
    /** A needed plugin is not installed. */
    PLUGIN_MISSING(8003, Category.OPERATOR, true),
    /** Another job of this kind already runs for the server. */
    JOB_CONFLICT(8004, Category.OPERATOR, true),
    /** The container stopped while the job ran. */
    JOB_INTERRUPTED(8005, Category.EXTERNAL, true),
    /** A hook said that the work is not to be done, or was cancelled before it let it begin. */
    HOOK_ABORTED(8006, Category.OPERATOR, false),
    /** A plugin broke off with what its interface does not allow. */
    PLUGIN_FAILED(8007, Category.EXTERNAL, true),

    /** The product itself is wrong. */
    INTERNAL(9001, Category.INTERNAL, false),
    /** {@code bin/matriarch} reaches no container, or lost it on the way. */
    CONTAINER_UNREACHABLE(9002, Category.OPERATOR, true),
    /** The door for WAL is not open, so no database host can push or fetch. */
    DOOR_CLOSED(9003, Category.OPERATOR, true),
    /** More was asked at the door for WAL than it does at a time, or the caller was too slow. */
    DOOR_BUSY(9004, Category.EXTERNAL, true);

    /** Who has to act. */
    public enum Category {
        /** The request or the configuration is wrong; repeating it unchanged fails again. */
        OPERATOR,
        /** Something outside the product failed: a disk, a network, a PostgreSQL server. */
        EXTERNAL,
        /** The product itself is wrong; the message asks for a bug report. */
        INTERNAL
    }

    private final int number;
    private final Category category;
    private final boolean retryable;

    ErrorCode(int number, Category category, boolean retryable) {
        this.number = number;
        this.category = category;
        this.retryable = retryable;
    }

    /** Returns the number that follows {@code MATR-}. */
    public int number() {
        return number;
    }

    /** Returns who has to act. */
    public Category category() {
        return category;
    }

    /** Returns whether the same request may succeed later without an operator changing anything. */
    public boolean retryable() {
        return retryable;
    }

    /** Returns the exit code of a command that ends with this error: 1, 2 for usage and configuration, 3 for a name. */
    public int exitCode() {
        return switch (this) {
            case CONFIGURATION_INVALID, SERVER_UNKNOWN, USAGE, TARGET_INVALID -> 2;
            case NAME_INVALID -> 3;
            default -> 1;
        };
    }
}
