package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a finished temporary file its own name unless that is taken.
 *
 * <p>link(2) lets exactly one of several processes win. A file system without hard links has nothing of the kind that
 * never shows half an object, so there the name is looked up and the file renamed under a lock of this process.
 */
final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);
    private static final int LOCKS = 64;

    private final Disk disk;
    private final Object[] locks = new Object[LOCKS];
    private volatile boolean withoutLinks;

    Publisher(Disk disk) {
        this.disk = disk;
        for (int i = 0; i < LOCKS; i++) {
            locks[i] = new Object();
        }
    }

    /**
     * Publishes; afterwards the temporary name may be there or not.
     *
     * @throws FileAlreadyExistsException if the name is taken
     */
    void publish(Path temporary, Path target) throws IOException {
        synchronized (locks[Math.floorMod(target.hashCode(), LOCKS)]) {
            if (!withoutLinks && tryLink(temporary, target)) {
                return;
            }
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            disk.rename(temporary, target);
        }
    }

    private boolean tryLink(Path temporary, Path target) throws IOException {
        try {
            disk.link(target, temporary);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException | AccessDeniedException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            if (e instanceof FileSystemException failure && canLink(temporary)) {
                throw failure;
            }
            withoutLinks = true;
            LOG.warn("'{}' is on a file system without hard links: let no other process write to this store", target);
            return false;
        }
    }

    /** Tells a failure of one link from a file system that has none. */
    private boolean canLink(Path temporary) throws IOException {
        Path second = TemporaryFiles.in(DirectoryStore.parentOf(temporary));
        try {
            disk.link(second, temporary);
            return true;
        } catch (FileSystemException e) {
            return false;
        } finally {
            disk.delete(second);
        }
    }
}
