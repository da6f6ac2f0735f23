package org.matriarch.api.repository;

import java.time.Instant;
import java.util.Optional;

/**
 * A file or directory of a backup, as its manifest lists it.
 *
 * @param mode permission bits, such as 0600
 * @param sha256 hexadecimal; empty for a directory and for files of an adopted backup that has no manifest of ours
 */
public record BackupEntry(
        BackupPath path, boolean directory, long sizeBytes, int mode, Instant modified, Optional<String> sha256) {}
