package org.matriarch.api.postgres;

import java.io.IOException;
import java.time.Duration;
import org.matriarch.api.model.Lsn;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Takes streamed WAL. Called on the streaming thread only; must return soon, since keep-alives wait meanwhile.
 *
 * <p>What an implementation throws ends the stream and reaches the caller of {@code streamWal}.
 */
@ConsumerType
public interface WalStreamHandler {

    /** Takes the connection's way to report positions, before the first data. */
    void begin(WalFeedback feedback);

    /** Takes WAL that begins at {@code start}; the array is reused afterwards. */
    void received(Lsn start, byte[] data, int offset, int length) throws IOException;

    /** Takes the server's own end of WAL, as each message of the stream tells it; comes before {@link #received}. */
    default void serverAt(Lsn end) {}

    /** Nothing more is waiting to be read: a good moment to sync. */
    void drained() throws IOException;

    /** Returns whether to end the stream; asked at least once a second. */
    boolean stopRequested();

    /** Returns up to where WAL is written, though perhaps not synced. */
    Lsn written();

    /** Returns up to where WAL is on disk for good; never more. */
    Lsn flushed();

    /** Returns how often to report at least. */
    Duration statusInterval();
}
