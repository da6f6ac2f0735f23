package org.matriarch.storage.file.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes directories whose own names survive a power cut, and remembers which do.
 *
 * <p>To see that a directory exists is not enough: whoever made it may not have synced its parent yet. So each is synced
 * into its parent once per run, whoever made it.
 */
final class DurableDirectories {

    private static final int MAX_REMEMBERED = 10_000;

    private final Disk disk;
    private final Path root;
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    DurableDirectories(Disk disk, Path root) {
        this.disk = disk;
        this.root = root;
    }

    /** Makes a directory of the store, and those above it where they are missing. */
    void require(Path directory) throws IOException {
        if (durable.contains(directory)) {
            return;
        }
        if (directory.equals(root)) {
            requireRoot();
        } else {
            Path parent = parentOf(directory);
            require(parent);
            disk.makeDirectory(directory);
            disk.syncDirectory(parent);
        }
        remember(directory);
    }

    /** What lies above the root is not ours: it is made if it is missing, and otherwise left alone. */
    private void requireRoot() throws IOException {
        var missing = new ArrayDeque<Path>();
        for (Path path = root; !Files.isDirectory(path); path = parentOf(path)) {
            missing.push(path);
        }
        for (Path path : missing) {
            disk.makeDirectory(path);
            disk.syncDirectory(parentOf(path));
        }
        if (missing.isEmpty() && Files.isReadable(parentOf(root))) {
            disk.syncDirectory(parentOf(root));
        }
    }

    private static Path parentOf(Path path) {
        return requireNonNull(path.getParent(), "a directory below the root of the file system has a parent");
    }

    /** Forgets a directory that is about to go, or has gone, with those below it. */
    void forget(Path directory) {
        durable.removeIf(known -> known.startsWith(directory));
    }

    private void remember(Path directory) {
        if (durable.size() >= MAX_REMEMBERED) {
            durable.clear();
        }
        durable.add(directory);
    }
}
