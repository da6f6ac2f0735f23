package org.matriarch.spi.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A transfer could not be completed. */
public class TransportException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /** Describes a failure; {@code retryable} says whether a new transfer may succeed. */
    public TransportException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Returns whether a new transfer may succeed. */
    public boolean retryable() {
        return retryable;
    }
}
