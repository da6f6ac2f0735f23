package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.model.WalFileName;

/**
 * The directory that WAL waits in which we have taken and answered for, until it is archived.
 *
 * <p>Nobody else writes here, so whatever has the name of a WAL file is whole, synced and never replaced. In
 * {@code incoming/} it would not be safe: rsync ends with a rename, which replaces whatever has the name.
 */
final class PushedDirectory {

    private static final String TEMPORARY_PREFIX = ".taking-";

    /** Tells the files of this run of the bundle from what a run before left behind. */
    private static final String RUN =
            TEMPORARY_PREFIX + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "-";

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Path directory;
    private final WalDisk disk;

    PushedDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("pushed");
        this.disk = disk;
    }

    Path path() {
        return directory;
    }

    Path path(WalFileName name) {
        return directory.resolve(name.value());
    }

    /** Creates the directory. */
    void prepare() throws IOException {
        disk.createDirectory(directory);
    }

    /** Removes what uploads that a crash cut off have left. */
    void sweep() throws IOException {
        for (Path file : disk.list(directory)) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith(TEMPORARY_PREFIX) && !name.startsWith(RUN)) {
                disk.delete(file);
            }
        }
    }

    /** Returns a path that nobody else uses, for a file that means nothing after a crash. */
    Path temporary() {
        return directory.resolve(RUN + NUMBERS.incrementAndGet());
    }

    boolean contains(WalFileName name) {
        return Files.isRegularFile(path(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Returns the WAL files in it, in no order. */
    List<WalFileName> names() throws IOException {
        try {
            return disk.list(directory).stream()
                    .map(file -> WalFileName.find(String.valueOf(file.getFileName())))
                    .flatMap(Optional::stream)
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    void sync() throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
