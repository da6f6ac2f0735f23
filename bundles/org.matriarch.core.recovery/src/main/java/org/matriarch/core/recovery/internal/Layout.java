package org.matriarch.core.recovery.internal;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.matriarch.api.error.ErrorCode;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.Backup;
import org.matriarch.api.recovery.RestorePlan;
import org.matriarch.api.repository.BackupEntry;

/** Where everything of a backup belongs at its destination. */
final class Layout {

    /** Without it PostgreSQL does not start. */
    static final String CONTROL_FILE = "global/pg_control";

    /** Files of the backup that are not restored: their meaning is given anew, by links, settings and signals. */
    private static final Set<String> LEFT_OUT = Set.of(
            "tablespace_map", "recovery.signal", "standby.signal", "postmaster.pid", "postmaster.opts", CONTROL_FILE);

    /** It does not describe a directory whose settings were rewritten; kept for whoever wants to compare. */
    private static final String MANIFEST = "backup_manifest";

    /** Directories that PostgreSQL needs and that a backup may leave out because they were empty or a link. */
    private static final List<String> NEEDED = List.of("pg_tblspc", "pg_wal", "global");

    private final Backup backup;
    private final Path data;
    private final Map<Long, Path> tablespaces;
    private final Map<Path, Integer> directories = new TreeMap<>();
    private final Map<Path, BackupEntry> files = new TreeMap<>();
    private final Map<Path, Path> links = new TreeMap<>();

    Layout(RestorePlan plan, List<BackupEntry> entries) {
        backup = plan.backup();
        data = plan.request().destination();
        tablespaces = plan.tablespaces();
        tablespaces.forEach((oid, place) -> {
            links.put(data.resolve("pg_tblspc").resolve(Long.toString(oid)), place.normalize());
            directories.put(place, Directories.OWNER_ONLY);
        });
        directories.put(data, Directories.OWNER_ONLY);
        NEEDED.forEach(name -> directories.put(data.resolve(name), Directories.OWNER_ONLY));
        for (BackupEntry entry : entries) {
            Path place = placeOf(entry);
            if (!entry.directory() && !isLeftOut(entry)) {
                files.put(place, entry);
                addParents(place);
            } else if (entry.directory() && !links.containsKey(place)) { // a backup may hold an empty one there
                directories.put(place, entry.mode());
                addParents(place);
            }
        }
    }

    private void addParents(Path place) {
        Path parent = requireNonNull(place.getParent(), "a place lies in a directory");
        while (directories.putIfAbsent(parent, Directories.OWNER_ONLY) == null) {
            parent = requireNonNull(parent.getParent(), "below the data directory or that of a tablespace");
        }
    }

    /** Returns the data directory. */
    Path data() {
        return data;
    }

    /** Returns the directories of tablespaces. */
    List<Path> tablespaces() {
        return List.copyOf(tablespaces.values());
    }

    /** Returns the mode of each directory by its place, each before those in it. */
    Map<Path, Integer> directories() {
        return directories;
    }

    /** Returns which file belongs where, without the control file. */
    Map<Path, BackupEntry> files() {
        return files;
    }

    /** Returns where the links of tablespaces point, by their place. */
    Map<Path, Path> links() {
        return links;
    }

    /** Returns the control file among the entries of the backup. */
    BackupEntry control(List<BackupEntry> entries) {
        return entries.stream()
                .filter(entry ->
                        entry.path().tablespaceOid() == 0 && entry.path().path().equals(CONTROL_FILE))
                .findAny()
                .orElseThrow(() -> new MatriarchException(
                        ErrorCode.BACKUP_CORRUPT,
                        "backup '%s' holds no %s".formatted(backup.id(), CONTROL_FILE),
                        "check the backup with 'backup:verify' and restore from another one."));
    }

    private static boolean isLeftOut(BackupEntry entry) {
        return entry.path().tablespaceOid() == 0
                && LEFT_OUT.contains(entry.path().path());
    }

    private Path placeOf(BackupEntry entry) {
        long oid = entry.path().tablespaceOid();
        String path = entry.path().path();
        if (oid != 0) {
            return requireNonNull(tablespaces.get(oid), "every tablespace has a place")
                    .resolve(path);
        }
        return data.resolve(path.equals(MANIFEST) ? "%s.%s".formatted(MANIFEST, backup.id()) : path);
    }
}
