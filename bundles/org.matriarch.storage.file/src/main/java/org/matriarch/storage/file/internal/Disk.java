package org.matriarch.storage.file.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** The steps that change a file system, one by one, so that a test can cut the power before each. */
class Disk {

    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<? extends java.nio.file.OpenOption> NEW_FILE =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    /** Makes a file that must not exist. */
    FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, NEW_FILE, OWNER_ONLY_FILE);
    }

    /** Appends all bytes. */
    void write(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** Brings a file's bytes and size to the disk; that of its name is {@link #syncDirectory}. */
    void sync(FileChannel file) throws IOException {
        file.force(false);
    }

    /** Gives a file a second name, which must not be taken: of several callers, exactly one succeeds. */
    void link(Path newName, Path file) throws IOException {
        Files.createLink(newName, file);
    }

    /** Gives a file another name; what had this name before is gone in the same moment. */
    void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a name, if there is one. */
    void delete(Path path) throws IOException {
        Files.deleteIfExists(path);
    }

    /** Makes a directory that nobody else may enter; does nothing if there is one. */
    void makeDirectory(Path directory) throws IOException {
        try {
            Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /**
     * Brings the names in a directory to the disk. What was published is then finished rather than taken back, so an
     * interrupt does not end this; the flag stays set.
     */
    void syncDirectory(Path directory) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                    channel.force(true);
                    return;
                } catch (ClosedByInterruptException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
