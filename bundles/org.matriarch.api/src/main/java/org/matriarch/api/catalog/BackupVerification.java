package org.matriarch.api.catalog;

import java.util.List;

/**
 * The result of {@code backup:verify}.
 *
 * @param problems one line per file that is not as the manifest says; empty if the backup is sound
 * @param unchecked one line for each thing that could not be checked; empty if everything was
 */
public record BackupVerification(long filesChecked, long bytesRead, List<String> problems, List<String> unchecked) {

    /** Everything could be checked. */
    public BackupVerification(long filesChecked, long bytesRead, List<String> problems) {
        this(filesChecked, bytesRead, problems, List.of());
    }
}
