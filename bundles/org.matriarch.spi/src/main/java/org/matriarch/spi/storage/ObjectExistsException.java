package org.matriarch.spi.storage;

/** The name is taken; the stored object is untouched. */
public final class ObjectExistsException extends StorageException {

    private static final long serialVersionUID = 1L;

    /** Names the object and the store. */
    public ObjectExistsException(String store, ObjectName name) {
        super("unable to write '%s' in store '%s': it exists".formatted(name, store), false, null);
    }
}
