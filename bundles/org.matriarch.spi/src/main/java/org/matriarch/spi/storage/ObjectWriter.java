package org.matriarch.spi.storage;

import org.osgi.annotation.versioning.ConsumerType;

/** Takes the bytes of one object of a batch. */
@ConsumerType
public interface ObjectWriter extends AutoCloseable {

    /** Appends bytes. */
    void write(byte[] buffer, int offset, int length) throws StorageException;

    /** Ends the object, which must have the announced size. */
    void complete() throws StorageException;

    /** Gives the object up unless it is complete. */
    @Override
    void close() throws StorageException;
}
