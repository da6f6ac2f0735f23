package org.matriarch.api.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Replaces small files whole: after a power failure there is the old one or the new one, and once a method has returned,
 * the new one. For one thread at a time for each file; an interrupt ends a write with
 * {@link java.nio.channels.ClosedByInterruptException}, and the old file remains.
 */
public final class DurableFile {

    /** How the names of files end that are not finished: what a crash left may be deleted. */
    public static final String TEMPORARY_SUFFIX = ".tmp";

    /** For files that may hold secrets. */
    public static final Set<PosixFilePermission> OWNER_ONLY =
            Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private DurableFile() {}

    /** Replaces a file by one that its owner alone can read. Its directory is made if there is none. */
    public static void replace(Path file, byte[] content) throws IOException {
        replace(file, content, OWNER_ONLY);
    }

    /** Replaces a file by one of exactly these permissions. Its directory is made if there is none. */
    public static void replace(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException {
        Path directory = file.toAbsolutePath().resolveSibling("");
        createDirectory(directory);
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY_SUFFIX);
        Files.deleteIfExists(temporary); // it may be that of a crash, which others can read
        var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (FileChannel channel =
                FileChannel.open(temporary, options, PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            Files.setPosixFilePermissions(temporary, permissions);
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    private static void createDirectory(Path directory) throws IOException {
        @Nullable Path parent = directory.getParent();
        if (Files.isDirectory(directory) || parent == null) {
            return;
        }
        createDirectory(parent);
        Files.createDirectories(directory); // does not mind that another thread was faster
        sync(parent);
    }

    /** A name in a directory is on the disk when the directory is. */
    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
