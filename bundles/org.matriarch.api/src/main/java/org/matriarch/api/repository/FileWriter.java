package org.matriarch.api.repository;

import java.io.Closeable;

/** Takes the bytes of one file of a backup. Used by one thread. */
public interface FileWriter extends Closeable {

    /**
     * Appends bytes.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code STORE_FAILED} or {@code STORE_FULL}
     */
    void write(byte[] buffer, int offset, int length);

    /**
     * Ends the file, which must now have the announced size, and returns its entry with the checksum.
     *
     * @throws org.matriarch.api.error.MatriarchException as {@link #write}
     */
    BackupEntry complete();

    /** Gives the file up unless it is complete. */
    @Override
    void close();
}
