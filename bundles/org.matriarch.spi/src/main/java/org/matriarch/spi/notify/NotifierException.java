package org.matriarch.spi.notify;

import org.jspecify.annotations.Nullable;

/** A channel did not take a notification. */
public class NotifierException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /** Says why, and whether the same notification may be taken a little later. */
    public NotifierException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Returns whether another try may help. */
    public boolean retryable() {
        return retryable;
    }
}
