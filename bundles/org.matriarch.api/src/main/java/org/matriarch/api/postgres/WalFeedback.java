package org.matriarch.api.postgres;

import org.osgi.annotation.versioning.ProviderType;

/** Reports positions to the server at once. May be called from any thread; does nothing when the stream has ended. */
@ProviderType
public interface WalFeedback {

    /** Sends a standby status update with the handler's written and flushed positions. */
    void report();
}
