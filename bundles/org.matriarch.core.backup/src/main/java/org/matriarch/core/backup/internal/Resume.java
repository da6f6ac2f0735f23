package org.matriarch.core.backup.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupId;
import org.matriarch.api.model.BackupSource;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupWriter;
import org.matriarch.api.repository.BrokenBackup;
import org.matriarch.api.repository.Repository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what broken backups of the same server have stored, so that it need not be copied once more.
 *
 * <p>A file must not have changed since, by the rule of {@link Reuse}, and its content must be what was noted of it. Broken
 * backups are looked for when a transport first asks for a file; one that never asks cannot resume. They are needed until
 * the new backup has all its files, since it may break, too. Thread-safe.
 */
final class Resume {

    private static final Logger LOG = LoggerFactory.getLogger(Resume.class);
    private static final double MEBIBYTE = 1 << 20;

    private final Repository repository;
    private final boolean mayShare;

    // All guarded by this.
    private @Nullable Map<BackupPath, Stored> stored;
    private final List<BackupId> broken = new ArrayList<>();
    private long storedBytes;
    private long takenFiles;
    private long takenBytes;

    /** A file of a broken backup. */
    private record Stored(BrokenBackup backup, BackupEntry file) {}

    Resume(Repository repository, ReuseMode mode) {
        this.repository = repository;
        this.mayShare = mode == ReuseMode.LINK;
    }

    /** Makes a file that a broken backup has stored one of the new backup, too; returns whether it is one now. */
    boolean take(BackupWriter writer, BackupPath path, long sizeBytes, int mode, Instant modified) {
        Stored found = stored(writer.backup()).get(path);
        if (found == null
                || !Reuse.isUnchanged(found.file(), found.backup().serverTime(), sizeBytes, mode, modified)
                || !writer.resume(found.backup(), found.file(), mayShare)) {
            return false;
        }
        synchronized (this) {
            takenFiles++;
            takenBytes += sizeBytes;
        }
        return true;
    }

    private synchronized Map<BackupPath, Stored> stored(Backup current) {
        Map<BackupPath, Stored> known = stored;
        if (known == null) {
            known = look(current);
            stored = known;
        }
        return known;
    }

    /** What a newer one knows of a file makes older ones wrong. */
    private Map<BackupPath, Stored> look(Backup current) {
        var files = new HashMap<BackupPath, Stored>();
        List<Backup> backups = repository.backups();
        for (int i = backups.size() - 1; i >= 0; i--) {
            Backup backup = backups.get(i);
            // No other backup of the server is being taken: that is what the job excludes.
            if (!backup.id().equals(current.id()) && isOfSame(current.source(), backup.source())) {
                repository.findBroken(backup.id()).ifPresent(found -> add(found, files));
            }
        }
        storedBytes = files.values().stream()
                .mapToLong(each -> each.file().sizeBytes())
                .sum();
        return files;
    }

    private void add(BrokenBackup found, Map<BackupPath, Stored> files) {
        BackupId id = found.backup().id();
        broken.add(id);
        var alone = new BrokenBackup(found.backup(), found.serverTime(), found.sharesFiles(), List.of());
        found.files().forEach(file -> files.putIfAbsent(file.path(), new Stored(alone, file)));
        LOG.info(
                "broken backup '{}' has stored {} files, which are taken over if they are right",
                id,
                found.files().size());
    }

    /** Times and sizes say nothing of another host's files. */
    private static boolean isOfSame(BackupSource one, BackupSource other) {
        return one.systemId().equals(other.systemId())
                && one.timeline() == other.timeline()
                && one.dataDirectory().equals(other.dataDirectory());
    }

    /** Returns whether a transport has asked for a file, and so may go on with one that is stored already. */
    synchronized boolean wasAsked() {
        return stored != null;
    }

    /** Returns how much was taken over so far; empty if nothing was. */
    synchronized Optional<String> summary() {
        Map<BackupPath, Stored> known = stored;
        if (known == null || takenFiles == 0) {
            return Optional.empty();
        }
        return Optional.of("resumed %d of %d files, %s of %s, from broken backup %s"
                .formatted(
                        takenFiles,
                        known.size(),
                        size(takenBytes),
                        size(storedBytes),
                        broken.stream().map("'%s'"::formatted).collect(Collectors.joining(", "))));
    }

    private static String size(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
    }

    /** Deletes the broken backups, of which nothing is needed any more. */
    synchronized void discard(JobContext context) {
        for (BackupId id : broken) {
            context.step("deleting broken backup " + id);
            try {
                repository.delete(id);
                LOG.info("broken backup '{}' is deleted: a newer one has all its files", id);
            } catch (MatriarchException e) {
                LOG.warn("unable to delete broken backup '{}': {}", id, e.summary());
            }
        }
    }
}
