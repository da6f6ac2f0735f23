package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;

/** What lies below a directory. Links are never followed. */
final class Tree {

    private Tree() {}

    /** Returns everything below a directory, each directory before its content; empty if there is no such directory. */
    static List<HostFile> below(HostFiles files, Path directory) throws IOException {
        return below(files, directory, top -> true);
    }

    /** Returns the same of those entries of the directory that {@code wanted} says by their names. */
    static List<HostFile> below(HostFiles files, Path directory, Predicate<String> wanted) throws IOException {
        var found = new ArrayList<HostFile>();
        boolean there = files.find(directory)
                .filter(file -> file.kind() == HostFile.Kind.DIRECTORY)
                .isPresent();
        if (there) {
            for (HostFile file : files.list(directory)) {
                if (wanted.test(file.name())) {
                    add(files, file, found);
                }
            }
        }
        return found;
    }

    private static void add(HostFiles files, HostFile file, List<HostFile> found) throws IOException {
        found.add(file);
        if (file.kind() == HostFile.Kind.DIRECTORY) {
            for (HostFile below : files.list(file.path())) {
                add(files, below, found);
            }
        }
    }

    /** Removes what a directory holds but one path; the directory itself stays. */
    static void clear(HostFiles files, Path directory, Path except) throws IOException {
        List<HostFile> found = below(files, directory);
        for (int i = found.size() - 1; i >= 0; i--) {
            if (!found.get(i).path().equals(except)) {
                files.delete(found.get(i).path());
            }
        }
    }
}
