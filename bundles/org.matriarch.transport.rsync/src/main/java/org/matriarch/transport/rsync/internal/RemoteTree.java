package org.matriarch.transport.rsync.internal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.DataDirectoryFilter;
import org.matriarch.spi.transport.TransferReceiver;

/**
 * Lists what the backup takes of a data directory and its tablespaces. What vanishes meanwhile is left out: the server
 * removes files at any time, and recovery knows. Links are followed, except those of tablespaces.
 */
final class RemoteTree {

    private static final Pattern TABLESPACE = Pattern.compile("pg_tblspc/\\d+");

    /** Links that lead to links, and those among them that lead in a circle. */
    private static final int MAX_LINKS = 8;

    private final Rsync rsync;
    private final TransferReceiver receiver;
    private final List<RemoteFile> files = new ArrayList<>();
    private final Set<BackupPath> seen = new HashSet<>();

    RemoteTree(Rsync rsync, TransferReceiver receiver) {
        this.rsync = rsync;
        this.receiver = receiver;
    }

    /** Returns all files that were found. */
    List<RemoteFile> files() {
        return files;
    }

    /** Lists an area, and gives its directories to the receiver. */
    void add(Area area) throws IOException {
        var links = new ArrayList<String>();
        List<Listed> all = rsync.list(List.of("--recursive"), List.of(source(area, "")));
        if (all.stream().noneMatch(each -> each.name().equals("."))) {
            throw Failures.missing(rsync.host(), area.directory());
        }
        for (Listed each : all) {
            look(area, each, links);
        }
        for (int i = 0; i < MAX_LINKS && !links.isEmpty(); i++) {
            follow(area, links);
        }
        if (!links.isEmpty()) {
            throw Failures.tooManyLinks(rsync.host(), source(area, links.get(0)).replace("/./", "/"));
        }
    }

    /** Notes single files, which become some of the top of the data directory. */
    void addConfiguration(List<String> locations) throws IOException {
        if (locations.isEmpty()) {
            return;
        }
        List<String> sources = locations.stream().map(RemoteTree::sourceOfFile).toList();
        List<Listed> found = rsync.list(List.of("--dirs", "--copy-links"), sources);
        for (String source : sources) {
            String name = source.substring(source.lastIndexOf('/') + 1);
            if (!seen.add(BackupPath.ofData(name))) {
                throw Failures.inTheWay(rsync.host(), source.replace("/./", "/"));
            }
            for (Listed each : found) {
                if (each.name().equals(name)) {
                    files.add(file(BackupPath.ofData(name), source, each));
                }
            }
        }
    }

    private void look(Area area, Listed found, List<String> links) throws IOException {
        if (found.name().equals(".")) {
            return;
        }
        var path = new BackupPath(area.oid(), found.name());
        if (found.kind() == 'd') {
            if (DataDirectoryFilter.takesDirectory(path) && seen.add(path)) {
                receiver.directory(path, found.mode(), found.modified());
            }
        } else if (found.kind() == '-') {
            if (DataDirectoryFilter.takesFile(path) && seen.add(path)) {
                files.add(file(path, source(area, path.path()), found));
            }
        } else if (found.kind() == 'l' && mayBeTaken(path)) {
            links.add(path.path());
        }
    }

    /** Returns whether it matters where a link leads to; those of tablespaces are areas of their own. */
    private static boolean mayBeTaken(BackupPath path) {
        boolean tablespace =
                path.tablespaceOid() == 0 && TABLESPACE.matcher(path.path()).matches();
        return !tablespace && (DataDirectoryFilter.takesFile(path) || DataDirectoryFilter.takesDirectory(path));
    }

    /** Looks where links lead to; those that are found there take their place. */
    private void follow(Area area, List<String> links) throws IOException {
        var names = new HashSet<>(links);
        links.clear();
        var deeper = new ArrayList<String>();
        List<Listed> targets = rsync.list(
                List.of("--dirs", "--copy-links", "--ignore-missing-args"),
                names.stream().map(name -> source(area, name)).toList());
        for (Listed target : targets) {
            if (names.contains(target.name())) {
                look(area, target, links);
                if (target.kind() == 'd' && DataDirectoryFilter.looksInto(new BackupPath(area.oid(), target.name()))) {
                    deeper.add(source(area, target.name() + "/"));
                }
            }
        }
        if (!deeper.isEmpty()) {
            for (Listed each : rsync.list(List.of("--recursive", "--ignore-missing-args"), deeper)) {
                look(area, each, links);
            }
        }
    }

    private static RemoteFile file(BackupPath path, String source, Listed found) {
        return new RemoteFile(path, source, found.sizeBytes(), found.mode(), found.modified());
    }

    private static String source(Area area, String name) {
        return area.directory() + "/./" + name;
    }

    private static String sourceOfFile(String location) {
        int slash = location.lastIndexOf('/');
        return location.substring(0, slash) + "/./" + location.substring(slash + 1);
    }
}
