package org.matriarch.spi.storage;

import java.nio.file.Path;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Many new objects that become durable together.
 *
 * <p>Objects may be visible before {@link #commit} and may survive a batch that is closed without it: whoever reads them
 * looks for what is written after the commit. Thread-safe; each {@link ObjectWriter} is used by one thread.
 */
@ConsumerType
public interface ObjectBatch extends AutoCloseable {

    /**
     * Begins an object.
     *
     * @param sizeBytes the exact number of bytes that will be written
     * @throws ObjectExistsException if the name is taken
     */
    ObjectWriter create(ObjectName name, long sizeBytes) throws StorageException;

    /**
     * Makes what is stored under one name an object of the batch too, without copying it: later on either can be deleted and
     * the other stays.
     *
     * @return false if the store cannot do that; nothing has happened then
     * @throws ObjectMissingException if there is nothing under {@code existing}
     * @throws ObjectExistsException if {@code name} is taken
     */
    default boolean link(ObjectName existing, ObjectName name) throws StorageException {
        return false;
    }

    /**
     * Returns the local directory into which somebody else may put files ahead of {@link #adopt}, made if it is missing.
     *
     * @param prefix ends with '/'; the objects will be named so
     * @param sizeBytes how much is to come
     * @return empty for a store that keeps no directories
     * @throws StoreFullException if there is no room for so much
     */
    default Optional<Path> directory(String prefix, long sizeBytes) throws StorageException {
        return Optional.empty();
    }

    /**
     * Makes a file, which lies under its name in {@link #directory} and which nobody changes any more, an object of the
     * batch. Not called where that is empty, so that a store without directories need not have it.
     *
     * @throws ObjectMissingException if there is no such file
     * @throws StoreFullException if what is left of the room is kept in reserve
     */
    default void adopt(ObjectName name) throws StorageException {
        throw new UnsupportedOperationException("a store without directories has no file '%s'".formatted(name));
    }

    /** Makes every completed object durable. When this returns, a power failure no longer loses them. */
    void commit() throws StorageException;

    /** Ends the batch. */
    @Override
    void close() throws StorageException;
}
