package org.matriarch.api.repository;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.Lsn;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Writes a new backup. From its beginning the backup is listed as STARTED; it is never listed as more before every byte
 * is on disk for good.
 *
 * <p>Thread-safe: several files may be written at once, each by its own thread. Every method throws
 * {@link org.matriarch.api.error.MatriarchException} {@code STORE_FAILED} or {@code STORE_FULL} if the store fails.
 */
@ProviderType
public interface BackupWriter extends AutoCloseable {

    /** Returns the backup as it is recorded now. */
    Backup backup();

    /** Records where the backup comes from and where its WAL begins, as soon as the server has said so. */
    void begin(BackupSource source, Lsn beginLsn);

    /** Adds a directory; parents need not be added first. */
    void directory(BackupPath path, int mode, Instant modified);

    /** Adds a file of exactly {@code sizeBytes}. */
    FileWriter file(BackupPath path, long sizeBytes, int mode, Instant modified);

    /**
     * Makes a file of another whole backup of this repository a file of this one too, with the same content, mode and time.
     *
     * @param other the backup that has the file
     * @param file what its manifest says of it
     * @param link whether both may be the same file on the disk; otherwise, or where that cannot be, it is copied
     * @return false if the other file is missing or damaged: then it has to be written anew
     */
    boolean reuse(BackupReader other, BackupEntry file, boolean link);

    /**
     * Returns the directory into which a program may put files ahead of {@link #adopt}, made if it is missing.
     *
     * @param tablespaceOid the area that they belong to, 0 for the data directory
     * @param sizeBytes how much is to come; {@code STORE_FULL} if there is no room for it
     * @return empty if the store keeps no directories
     */
    Optional<Path> localDirectory(long tablespaceOid, long sizeBytes);

    /**
     * Makes a file that lies whole in {@link #localDirectory}, and which nobody changes any more, one of the backup, with the
     * size, the mode and the time that it has there.
     *
     * @return empty if there is no such file
     */
    Optional<BackupEntry> adopt(BackupPath path);

    /**
     * Makes a file of a broken backup a file of this one too, if its content has the checksum that was noted. It is the same
     * file on the disk where that can be, so that the broken backup may be deleted later without a loss.
     *
     * @param mayShare whether the file may be one on the disk with that of a whole backup, too; otherwise it is copied
     *     where the broken backup may have shared it
     * @return false if the file is missing or damaged: then it has to be written anew
     */
    boolean resume(BrokenBackup broken, BackupEntry file, boolean mayShare);

    /** Makes everything durable, writes the manifest, and then records the backup as WAITING_FOR_WALS. */
    Backup finish(BackupEnd end);

    /** Records the backup as FAILED. What is stored of it remains until it is deleted. */
    Backup fail(String reason);

    /** Records the backup as FAILED if neither {@link #finish} nor {@link #fail} was called. */
    @Override
    void close();
}
