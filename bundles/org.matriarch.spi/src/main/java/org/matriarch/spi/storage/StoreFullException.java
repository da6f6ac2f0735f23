package org.matriarch.spi.storage;

import org.jspecify.annotations.Nullable;

/** The store has no room left. */
public final class StoreFullException extends StorageException {

    private static final long serialVersionUID = 1L;

    /** Names the object and the store. */
    public StoreFullException(String store, ObjectName name, @Nullable Throwable cause) {
        super("unable to write '%s' in store '%s': no space is left".formatted(name, store), true, cause);
    }
}
