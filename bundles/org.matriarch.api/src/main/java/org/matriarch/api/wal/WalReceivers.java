package org.matriarch.api.wal;

import org.osgi.annotation.versioning.ProviderType;

/** The streaming receivers, one per server. Thread-safe. Methods throw {@code SERVER_UNKNOWN}, {@code RECEIVER_STATE}. */
@ProviderType
public interface WalReceivers {

    /** Starts a receiver that was stopped; it stays started across restarts. */
    ReceiverStatus start(String server);

    /** Stops a receiver, with what it has received on disk; it stays stopped across restarts. */
    ReceiverStatus stop(String server);

    /** Returns how a receiver stands. */
    ReceiverStatus status(String server);

    /** Moves a stopped receiver's place to the server's current position, giving up what lies between. */
    ReceiverStatus reset(String server);

    /** Creates the configured slot; returns its name. */
    String createSlot(String server);

    /** Drops the configured slot; returns its name. */
    String dropSlot(String server);
}
