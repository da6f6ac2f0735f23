package org.matriarch.api.catalog;

import java.util.List;

/**
 * The result of {@code backup:verify}.
 *
 * @param problems one line per file that is not as the manifest says; empty if the backup is sound
 */
public record BackupVerification(long filesChecked, long bytesRead, List<String> problems) {}
