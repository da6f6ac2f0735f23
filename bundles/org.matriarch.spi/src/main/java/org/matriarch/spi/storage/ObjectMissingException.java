package org.matriarch.spi.storage;

/** No object has the name. */
public final class ObjectMissingException extends StorageException {

    private static final long serialVersionUID = 1L;

    /** Names the object and the store. */
    public ObjectMissingException(String store, ObjectName name) {
        super("unable to read '%s' in store '%s': there is none".formatted(name, store), false, null);
    }
}
