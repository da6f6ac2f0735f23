package org.matriarch.api.repository;

import java.time.Instant;
import java.util.Optional;

/**
 * A file or directory of a backup, as its manifest lists it.
 *
 * @param mode permission bits, such as 0600
 * @param sha256 hexadecimal; empty for a directory and for files of an adopted backup that has no manifest of ours
 * @param serverChecksum what PostgreSQL's manifest says, where there is none of ours; empty if that says nothing
 */
public record BackupEntry(
        BackupPath path,
        boolean directory,
        long sizeBytes,
        int mode,
        Instant modified,
        Optional<String> sha256,
        Optional<FileChecksum> serverChecksum) {

    /** Describes an entry of which PostgreSQL's manifest says nothing. */
    public BackupEntry(
            BackupPath path, boolean directory, long sizeBytes, int mode, Instant modified, Optional<String> sha256) {
        this(path, directory, sizeBytes, mode, modified, sha256, Optional.empty());
    }

    /** Returns this as PostgreSQL's manifest has it. */
    public BackupEntry asServerSays(long size, Optional<FileChecksum> checksum) {
        return new BackupEntry(path, directory, size, mode, modified, sha256, checksum);
    }

    /** Returns whether there is something to compare its content with. */
    public boolean hasChecksum() {
        return sha256.isPresent() || serverChecksum.isPresent();
    }
}
