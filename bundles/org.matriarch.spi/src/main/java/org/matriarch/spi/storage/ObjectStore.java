package org.matriarch.spi.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps bytes by name.
 *
 * <p>An object is written whole; it is visible to {@link #open}, {@link #find} and {@link #list} only after the call that
 * wrote it has returned, and from then on to every caller. Stores neither compress nor encrypt: they see bytes.
 *
 * <p>Implementations are thread-safe. A method that is interrupted stops soon, leaves no visible object behind and throws
 * a retryable {@link StorageException} with the interrupt flag set.
 */
@ConsumerType
public interface ObjectStore {

    /** Service property that carries {@link #id}, for lookup without instantiating the store. */
    String PROPERTY_ID = "matriarch.store.id";

    /** Returns the configured name of this store, unique within one installation. */
    String id();

    /**
     * Returns this store as it is configured now, whatever becomes of its configuration: for work that began in one place and has
     * to end there, such as a backup. A store that is never configured anew returns itself.
     */
    default ObjectStore asOfNow() {
        return this;
    }

    /**
     * Stores a new object durably: when this returns, a power failure no longer loses it. Of several callers that put
     * the same name at once, exactly one succeeds.
     *
     * @param content read to its end but not closed
     * @param sizeBytes the exact number of bytes {@code content} will yield
     * @throws ObjectExistsException if the name is taken; the stored object is untouched
     * @throws StoreFullException if there is no room
     * @throws StorageException if the object could not be stored whole; nothing is visible under the name
     */
    ObjectInfo put(ObjectName name, InputStream content, long sizeBytes) throws StorageException;

    /**
     * Stores a small object durably, in place of one that may be there; a reader sees the old or the new one, whole.
     *
     * @throws StorageException if it could not be stored; the old object is untouched
     */
    ObjectInfo replace(ObjectName name, byte[] content) throws StorageException;

    /** Begins to store many objects that become durable together, which is cheaper than one by one. */
    ObjectBatch batch() throws StorageException;

    /**
     * Opens an object.
     *
     * @param offsetBytes where reading begins; at most the object's size
     * @throws ObjectMissingException if there is none
     */
    InputStream open(ObjectName name, long offsetBytes) throws StorageException;

    /** Returns what is known of an object. */
    Optional<ObjectInfo> find(ObjectName name) throws StorageException;

    /** Returns the objects whose names begin with {@code prefix}, in name order; a snapshot of no single moment. */
    List<ObjectInfo> list(String prefix) throws StorageException;

    /** Removes an object, durably. Removing a missing object does nothing, so that an interrupted expiry can be repeated. */
    void delete(ObjectName name) throws StorageException;

    /**
     * Removes many objects; when this returns, all of them durably. May be cheaper than one by one. If it fails, some may be
     * gone and some not, and it can be repeated.
     */
    default void delete(Collection<ObjectName> names) throws StorageException {
        for (ObjectName name : names) {
            delete(name);
        }
    }

    /** Removes all objects below {@code prefix}, which ends with '/', and, in a store of directories, these as well. */
    void deleteAll(String prefix) throws StorageException;

    /**
     * Returns the local directory that holds the objects below {@code prefix}, one file each and named as they are.
     *
     * <p>Empty for a store that keeps no such directory. Callers may use it to read and copy faster, to set modes and
     * times, to add directories and links; they write no object but through the store.
     */
    Optional<Path> directory(String prefix);
}
