package org.matriarch.core.backup.internal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the files that have not changed since an earlier backup, whose content need not be copied again.
 *
 * <p>Size and time of a file prove that only if the time lies before the start of the earlier backup: whatever changed the
 * file after it was copied did so later than that. Both times are the server's, and those of files are looked at in whole
 * seconds, so the second of the start itself proves nothing.
 */
final class Reuse {

    private static final Logger LOG = LoggerFactory.getLogger(Reuse.class);

    private final BackupReader reader;
    private final boolean link;
    private final Instant horizon;
    private final Map<BackupPath, BackupEntry> files;

    private Reuse(BackupReader reader, boolean link, Instant horizon, Map<BackupPath, BackupEntry> files) {
        this.reader = reader;
        this.link = link;
        this.horizon = horizon;
        this.files = files;
    }

    /** Takes the newest whole backup; returns nothing if there is none that can be reused, or none is to be. */
    static Optional<Reuse> of(Repository repository, ReuseMode mode) {
        if (mode == ReuseMode.OFF) {
            return Optional.empty();
        }
        List<Backup> backups = repository.backups();
        for (int i = backups.size() - 1; i >= 0; i--) {
            Backup backup = backups.get(i);
            boolean whole = backup.status() == BackupStatus.DONE || backup.status() == BackupStatus.WAITING_FOR_WALS;
            Optional<Reuse> reuse = whole ? of(repository.open(backup.id()), mode) : Optional.empty();
            if (reuse.isPresent()) {
                LOG.info("files that have not changed are taken from backup '{}'", backup.id());
                return reuse;
            }
        }
        return Optional.empty();
    }

    private static Optional<Reuse> of(BackupReader reader, ReuseMode mode) {
        try {
            return reader.serverTime().map(start -> new Reuse(reader, mode == ReuseMode.LINK, start, files(reader)));
        } catch (MatriarchException e) {
            if (e.code() != ErrorCode.REPOSITORY_UNREADABLE) {
                throw e;
            }
            LOG.warn("no file is taken from backup '{}': {}", reader.backup().id(), e.summary());
            return Optional.empty();
        }
    }

    private static Map<BackupPath, BackupEntry> files(BackupReader reader) {
        var files = new HashMap<BackupPath, BackupEntry>();
        for (BackupEntry entry : reader.entries()) {
            if (!entry.directory() && entry.sha256().isPresent()) {
                files.put(entry.path(), entry);
            }
        }
        return files;
    }

    /** Makes an unchanged file one of the new backup too; returns whether it is one now. */
    boolean take(BackupWriter writer, BackupPath path, long sizeBytes, int mode, Instant modified) {
        BackupEntry file = files.get(path);
        return file != null
                && isUnchanged(file, horizon, sizeBytes, mode, modified)
                && writer.reuse(reader, file, link);
    }

    /** Returns whether a file is as it was when a backup copied it that began at {@code start}. */
    static boolean isUnchanged(BackupEntry file, Instant start, long sizeBytes, int mode, Instant modified) {
        return file.sizeBytes() == sizeBytes
                && file.mode() == mode
                && seconds(file.modified()).equals(seconds(modified))
                && seconds(modified).isBefore(seconds(start));
    }

    private static Instant seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS);
    }
}
