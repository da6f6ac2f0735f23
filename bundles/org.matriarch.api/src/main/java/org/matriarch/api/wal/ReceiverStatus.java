package org.matriarch.api.wal;

import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.Lsn;

/**
 * How a streaming receiver stands.
 *
 * @param since when it entered the state
 * @param written up to where WAL is received
 * @param flushed up to where WAL is on disk for good
 * @param serverEnd the server's own end as last heard
 * @param error the two lines of why it is not streaming
 */
public record ReceiverStatus(
        String server,
        State state,
        Instant since,
        int timeline,
        Optional<Lsn> written,
        Optional<Lsn> flushed,
        Optional<Lsn> serverEnd,
        Optional<String> error) {

    /** What a receiver does. */
    public enum State {
        /** Switched off, by configuration or by {@code wal:receive stop}. */
        STOPPED,
        /** Connecting to the server. */
        CONNECTING,
        /** Receiving. */
        STREAMING,
        /** Waiting before it connects again. */
        BACKING_OFF,
        /** Will not go on before an operator acts. */
        REFUSED
    }
}
