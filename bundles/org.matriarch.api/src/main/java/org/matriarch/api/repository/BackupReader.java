package org.matriarch.api.repository;

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

    /** Returns the local file that holds exactly these bytes, if the store keeps one, so that it can be copied fast. */
    Optional<Path> localFile(BackupPath path);
}
