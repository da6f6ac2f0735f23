package org.matriarch.api.postgres;

import java.util.Optional;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.PostgresVersion;
import org.matriarch.api.model.WalFileName;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A connection that speaks PostgreSQL's streaming replication protocol.
 *
 * <p>Used by one thread at a time, except {@link #close}, which any thread may call to end a blocked call. Failures are
 * {@link org.matriarch.api.error.MatriarchException}s: {@code POSTGRES_UNREACHABLE} when the connection is lost,
 * {@code POSTGRES_ERROR} when the server refuses, then as {@link PostgresException}; after either, close. Source:
 * PostgreSQL manual, "Streaming Replication Protocol".
 */
@ProviderType
public interface ReplicationConnection extends AutoCloseable {

    /** What IDENTIFY_SYSTEM answers. */
    record Identity(String systemId, int timeline, Lsn flushed) {}

    /** A timeline history file; its content is given byte by byte as ISO-8859-1, so that it can be stored unchanged. */
    record HistoryFile(WalFileName name, String content) {}

    /** Returns the server's version. */
    PostgresVersion version();

    /** Asks the server who it is and where it stands. */
    Identity identify();

    /** Returns the size of a WAL segment. */
    long segmentSizeBytes();

    /** Returns the value of a run-time setting. */
    String show(String setting);

    /**
     * Creates a physical slot that reserves WAL at once.
     *
     * @return false if a slot of that name exists
     */
    boolean createPhysicalSlot(String name);

    /** Drops a slot; a missing one is an error. */
    void dropSlot(String name);

    /** Fetches the history of a timeline after the first. */
    HistoryFile timelineHistory(int timeline);

    /**
     * Takes a base backup. Everything goes to the listener, on this thread, as it arrives.
     *
     * @throws InterruptedException if this thread is interrupted; the connection is then closed
     */
    BaseBackupEnd baseBackup(BaseBackupOptions options, BaseBackupListener listener) throws InterruptedException;

    /**
     * Streams WAL until the timeline ends on the server, or the handler says stop.
     *
     * @throws InterruptedException if this thread is interrupted; the connection is then closed
     */
    WalStreamEnd streamWal(WalStreamRequest request, WalStreamHandler handler) throws InterruptedException;

    /** Names a slot, the position to begin at (a segment's start) and the timeline to read. */
    record WalStreamRequest(Optional<String> slot, Lsn start, int timeline) {}

    /**
     * How a stream ended.
     *
     * @param nextTimeline set if the timeline ended and the server went on to another
     * @param switchPoint where that one branched off
     */
    record WalStreamEnd(Optional<Integer> nextTimeline, Optional<Lsn> switchPoint) {}

    @Override
    void close();
}
