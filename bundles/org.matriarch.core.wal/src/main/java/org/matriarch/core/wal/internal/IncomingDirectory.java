package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.matriarch.api.model.WalFileName;

/** The directory that WAL is handed over in, until it is archived. */
final class IncomingDirectory {

    private static final String TEMPORARY_PREFIX = ".taking-";

    /** Tells the files of this run of the bundle from what a run before left behind. */
    private static final String RUN =
            TEMPORARY_PREFIX + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "-";

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final Path directory;
    private final WalDisk disk;

    IncomingDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("incoming");
        this.disk = disk;
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
        try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, TEMPORARY_PREFIX + "*")) {
            for (Path file : left) {
                if (!String.valueOf(file.getFileName()).startsWith(RUN)) {
                    disk.delete(file);
                }
            }
        } catch (NoSuchFileException e) {
            return; // nothing was ever handed over
        }
    }

    /** Returns a path that nobody else uses, for a file that means nothing after a crash. */
    Path temporary() {
        return directory.resolve(RUN + NUMBERS.incrementAndGet());
    }

    void sync() throws IOException {
        disk.syncDirectory(directory);
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
