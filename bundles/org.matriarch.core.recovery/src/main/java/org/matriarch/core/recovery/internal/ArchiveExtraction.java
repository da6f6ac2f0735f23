package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.spi.transport.HostFiles;

/** Copies the files of a backup that lies in archives, in the order in which they lie there, one after the other. */
final class ArchiveExtraction {

    private final BackupReader reader;
    private final Layout layout;
    private final HostFiles files;
    private final Retries retries;
    private final JobContext context;

    ArchiveExtraction(BackupReader reader, Layout layout, HostFiles files, Retries retries, JobContext context) {
        this.reader = reader;
        this.layout = layout;
        this.files = files;
        this.retries = retries;
        this.context = context;
    }

    /**
     * Copies all files but those that are kept.
     *
     * @param replace whether others may be there, which go first
     */
    void copyFiles(FileCopier copier, Set<Path> kept, boolean replace) throws IOException, InterruptedException {
        Map<BackupPath, Path> targets = new HashMap<>();
        layout.files().forEach((target, entry) -> {
            if (!kept.contains(target)) {
                targets.put(entry.path(), target);
            }
        });
        Set<BackupPath> begun = new HashSet<>();
        retries.again(
                "copying files from archives",
                () -> reader.readAll((entry, content) -> {
                    context.checkCancelled();
                    Path target = targets.get(entry.path());
                    if (target == null) {
                        return;
                    }
                    if (!begun.add(entry.path()) || replace) {
                        files.delete(target); // begun before, or an older copy's
                    }
                    copier.copy(entry, content, target);
                    targets.remove(entry.path());
                }));
        if (!targets.isEmpty()) {
            BackupPath lost = targets.keySet().stream().sorted().iterator().next();
            throw new MatriarchException(
                    ErrorCode.BACKUP_CORRUPT,
                    "unable to restore '%s' of backup '%s': it is missing in its archive"
                            .formatted(lost, reader.backup().id()),
                    "check the backup with 'backup:verify' and restore from another one.");
        }
    }
}
