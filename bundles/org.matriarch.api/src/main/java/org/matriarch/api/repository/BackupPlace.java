package org.matriarch.api.repository;

import java.nio.file.Path;

/**
 * Where a backup lies on this host.
 *
 * @param directory holds its files
 * @param record the file that describes it
 */
public record BackupPlace(Path directory, Path record) {}
