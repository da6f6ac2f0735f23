package org.matriarch.api.repository;

import java.time.Instant;
import java.util.List;
import org.matriarch.api.model.Backup;

/**
 * What a backup that broke off has noted of its files. It promises nothing: a file may be gone or damaged, and others may be
 * there that were not noted.
 *
 * @param serverTime what the server's clock said before its first byte was copied
 * @param sharesFiles whether some of the files may be the same on the disk as those of a whole backup
 * @param files without directories, each with a checksum
 */
public record BrokenBackup(Backup backup, Instant serverTime, boolean sharesFiles, List<BackupEntry> files) {

    /** Keeps its own copy. */
    public BrokenBackup {
        files = List.copyOf(files);
    }
}
