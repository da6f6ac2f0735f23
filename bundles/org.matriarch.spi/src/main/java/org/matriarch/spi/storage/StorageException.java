package org.matriarch.spi.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A store failed. The message names the object, the store and the cause: "unable to write 'x' in store 'y': reason".
 *
 * <p>A store that has retried by itself says that a retry does not help.
 */
public class StorageException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;

    /** Describes a failure; {@code retryable} says whether the same call may succeed later. */
    public StorageException(String message, boolean retryable, @Nullable Throwable cause) {
        super(message, cause);
        this.retryable = retryable;
    }

    /** Returns whether the same call may succeed later. */
    public boolean retryable() {
        return retryable;
    }
}
