package org.matriarch.core.wal.internal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** The few operations on files that decide whether received WAL survives; tests let each of them fail. */
interface WalDisk {

    /** Opens a file for writing, creating it if it is missing. */
    OpenFile open(Path file) throws IOException;

    /** Gives a file another name, replacing what had it, at once. */
    void rename(Path from, Path to) throws IOException;

    /**
     * Gives a file a second name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the name is taken
     */
    void link(Path file, Path name) throws IOException;

    /** Removes a file; a missing one is passed over. */
    void delete(Path file) throws IOException;

    /** Creates a directory with its parents, durably. */
    void createDirectory(Path directory) throws IOException;

    /**
     * Returns what is in a directory, in no order.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    List<Path> list(Path directory) throws IOException;

    /** Makes the names in a directory survive a power failure. */
    void syncDirectory(Path directory) throws IOException;

    /** A file that is being written. Writing and syncing may happen on two threads at once. */
    interface OpenFile extends Closeable {

        /** Returns the size. */
        long sizeBytes() throws IOException;

        /** Writes all remaining bytes of the buffer. */
        void write(ByteBuffer buffer, long position) throws IOException;

        /** Makes what was written before survive a power failure. */
        void sync() throws IOException;
    }
}
