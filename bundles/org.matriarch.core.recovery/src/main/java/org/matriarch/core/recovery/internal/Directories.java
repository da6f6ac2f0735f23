package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.matriarch.spi.transport.HostFiles;

/** The directories of one restore: makes them, and knows which of them have to be brought to the disk. Used by one thread. */
final class Directories {

    /** PostgreSQL refuses a data directory that others can write; its owner has to get everywhere. */
    static final int OWNER_ONLY = 0700;

    private final HostFiles files;
    private final Retries retries;
    private final Set<Path> made = new HashSet<>();
    private final Set<Path> changed = new TreeSet<>();

    Directories(HostFiles files, Retries retries) {
        this.files = files;
        this.retries = retries;
    }

    /** Makes a directory, and those above it that are missing; its owner may do everything in it in any case. */
    void make(Path directory, int mode) throws IOException, InterruptedException {
        if (made.contains(directory)) {
            return;
        }
        retries.again("making '%s'".formatted(directory), () -> {
            createMissing(directory);
            files.setMode(directory, mode | OWNER_ONLY);
        });
        made.add(directory);
        changed.add(directory);
    }

    private void createMissing(Path directory) throws IOException {
        Path existing = nearestExisting(files, directory);
        for (int count = existing.getNameCount() + 1; count <= directory.getNameCount(); count++) {
            Path next = existing.resolve(directory.getName(count - 1));
            files.makeDirectory(next);
            changed.add(existing);
            changed.add(next);
            existing = next;
        }
    }

    /** Returns everything in which names came or went. */
    List<Path> changed() {
        return new ArrayList<>(changed);
    }

    /** Returns the path itself if it exists, else the nearest directory above it that does. */
    static Path nearestExisting(HostFiles files, Path path) throws IOException {
        for (Path candidate = path; candidate != null; candidate = candidate.getParent()) {
            if (files.find(candidate).isPresent()) {
                return candidate;
            }
        }
        return path;
    }
}
