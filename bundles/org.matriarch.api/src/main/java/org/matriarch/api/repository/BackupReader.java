package org.matriarch.api.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.osgi.annotation.versioning.ProviderType;

/** Reads a stored backup. Thread-safe. */
@ProviderType
public interface BackupReader {

    /** Returns what is read. */
    Backup backup();

    /**
     * Returns the manifest, in path order.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code REPOSITORY_UNREADABLE}
     */
    List<BackupEntry> entries();

    /**
     * Returns what the server's clock said before the first byte was copied; empty if nobody noted it.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code REPOSITORY_UNREADABLE}
     */
    Optional<Instant> serverTime();

    /**
     * Opens a file of the backup. The bytes are as stored: whoever needs certainty compares the checksum.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code BACKUP_CORRUPT} if the file is missing
     */
    InputStream open(BackupPath path);

    /**
     * Returns whether the files lie in archives that can only be read from their beginning, so that {@link #readAll} reads
     * them far faster than {@link #open} one by one.
     */
    default boolean isArchived() {
        return false;
    }

    /** Returns the archives that hold the files: paths where the store has files, else names; empty if there are none. */
    default List<String> archives() {
        return List.of();
    }

    /** Takes the files of a backup. */
    @FunctionalInterface
    interface Visitor {

        /**
         * Takes a file.
         *
         * @param content need not be read to its end, nor closed
         */
        void file(BackupEntry entry, InputStream content) throws IOException, InterruptedException;
    }

    /**
     * Reads all files, in whatever order is fastest, on the caller's thread, and to the very end of what holds them. A file
     * that is in {@link #entries} and not in its archive is passed over.
     *
     * @throws org.matriarch.api.error.MatriarchException {@code BACKUP_CORRUPT} if an archive is damaged or ends early
     * @throws IOException if the visitor throws it
     */
    default void readAll(Visitor visitor) throws IOException, InterruptedException {
        for (BackupEntry entry : entries()) {
            if (!entry.directory()) {
                try (InputStream content = open(entry.path())) {
                    visitor.file(entry, content);
                }
            }
        }
    }

    /** Returns the local file that holds exactly these bytes, if the store keeps one, so that it can be copied fast. */
    Optional<Path> localFile(BackupPath path);
}
