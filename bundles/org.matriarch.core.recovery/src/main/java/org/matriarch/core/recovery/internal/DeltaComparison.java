package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.job.JobContext;
import org.matriarch.api.model.Backup;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which files of an older copy are those of the backup, and removes what the backup does not hold.
 *
 * <p>Sizes and times prove nothing here: PostgreSQL changes files without changing their size, and clocks are set. Only what
 * has the SHA-256 of the manifest stays. Nor does a file stay that is known by another name as well: it may be linked to a
 * backup, which PostgreSQL would write into.
 */
final class DeltaComparison {

    private static final Logger LOG = LoggerFactory.getLogger(DeltaComparison.class);
    private static final int MOST_FILES = 256;
    private static final long ENOUGH_BYTES = 64L << 20;
    private static final long DATA = 0;

    private final HostFiles files;
    private final Layout layout;
    private final Backup backup;
    private final Retries retries;
    private final JobContext context;

    DeltaComparison(HostFiles files, Layout layout, Backup backup, Retries retries, JobContext context) {
        this.files = files;
        this.layout = layout;
        this.backup = backup;
        this.retries = retries;
        this.context = context;
    }

    /** Returns everything in the data directory, or in the part of a tablespace's directory that this version uses. */
    static List<HostFile> found(HostFiles files, long area, Path place, Backup backup) throws IOException {
        String ofVersion = "PG_%d_".formatted(backup.source().version().major());
        return Tree.below(files, place, top -> area == DATA || top.startsWith(ofVersion));
    }

    /**
     * Removes what cannot stay, save what {@code control} needs; what is kept is on disk when this returns.
     *
     * @return the places of the files that stay
     */
    Set<Path> keepWhatIsEqual(ControlFile control, Workers workers, Map<Long, Path> tablespaces)
            throws IOException, InterruptedException {
        context.step("removing what the backup does not hold");
        var candidates = new ArrayList<HostFile>();
        candidates.addAll(reduce(DATA, layout.data(), control, workers));
        for (Map.Entry<Long, Path> tablespace : tablespaces.entrySet()) {
            candidates.addAll(reduce(tablespace.getKey(), tablespace.getValue(), control, workers));
        }
        context.step("comparing files");
        Set<Path> kept = ConcurrentHashMap.newKeySet();
        var tasks = new ArrayList<Workers.Task>();
        for (List<HostFile> some : portions(candidates)) {
            tasks.add(() -> kept.addAll(compare(some)));
        }
        workers.runAll(tasks);
        return kept;
    }

    /** Returns the files of an area that may stay, when nothing else is left there. */
    private List<HostFile> reduce(long area, Path place, ControlFile control, Workers workers)
            throws IOException, InterruptedException {
        var candidates = new ArrayList<HostFile>();
        retries.again("removing what is not in the backup", () -> {
            candidates.clear();
            var extras = new ArrayList<HostFile>();
            for (HostFile file : found(files, area, place, backup)) {
                if (!belongs(file) && !control.needs(file.path())) {
                    extras.add(file);
                } else if (layout.files().containsKey(file.path())) {
                    candidates.add(file);
                }
            }
            remove(extras, workers);
        });
        return candidates;
    }

    private boolean belongs(HostFile file) throws IOException {
        return switch (file.kind()) {
            case DIRECTORY -> layout.directories().containsKey(file.path());
            case FILE -> mayStay(file, layout.files().get(file.path()));
            case LINK -> files.readLink(file.path()).equals(layout.links().get(file.path()));
            case OTHER -> false;
        };
    }

    private static boolean mayStay(HostFile file, @Nullable BackupEntry entry) {
        return entry != null
                && entry.sha256().isPresent()
                && entry.sizeBytes() == file.sizeBytes()
                && file.links() == 1;
    }

    private void remove(List<HostFile> extras, Workers workers) throws IOException, InterruptedException {
        var directories = new ArrayList<HostFile>();
        var others = new ArrayList<HostFile>();
        for (HostFile extra : extras) {
            if (extra.kind() == HostFile.Kind.LINK) {
                LOG.info("removing link '{}'; what it leads to stays", files.describe(extra.path()));
            }
            (extra.kind() == HostFile.Kind.DIRECTORY ? directories : others).add(extra);
        }
        var tasks = new ArrayList<Workers.Task>();
        for (List<HostFile> some : portions(others)) {
            tasks.add(() -> {
                for (HostFile file : some) {
                    context.checkCancelled();
                    files.delete(file.path());
                }
            });
        }
        workers.runAll(tasks);
        for (int i = directories.size() - 1; i >= 0; i--) {
            files.delete(directories.get(i).path());
        }
    }

    private Set<Path> compare(List<HostFile> candidates) throws IOException, InterruptedException {
        context.checkCancelled();
        Set<Path> equal = ConcurrentHashMap.newKeySet();
        retries.again("comparing files", () -> {
            equal.clear();
            Map<Path, String> digests =
                    files.sha256(candidates.stream().map(HostFile::path).toList());
            for (HostFile file : candidates) {
                BackupEntry entry = layout.files().get(file.path());
                if (entry != null && entry.sha256().equals(Optional.ofNullable(digests.get(file.path())))) {
                    files.setMode(file.path(), entry.mode());
                    // Whoever wrote it may not have: it may be in memory only.
                    files.sync(file.path());
                    equal.add(file.path());
                }
            }
        });
        for (HostFile file : candidates) {
            if (equal.contains(file.path())) {
                context.advance(file.sizeBytes());
            }
        }
        return equal;
    }

    /** Divides files among the workers, large ones for themselves. */
    private static List<List<HostFile>> portions(List<HostFile> all) {
        var portions = new ArrayList<List<HostFile>>();
        var current = new ArrayList<HostFile>();
        long bytes = 0;
        for (HostFile file : all) {
            current.add(file);
            bytes += file.sizeBytes();
            if (current.size() == MOST_FILES || bytes >= ENOUGH_BYTES) {
                portions.add(List.copyOf(current));
                current.clear();
                bytes = 0;
            }
        }
        if (!current.isEmpty()) {
            portions.add(current);
        }
        return portions;
    }
}
