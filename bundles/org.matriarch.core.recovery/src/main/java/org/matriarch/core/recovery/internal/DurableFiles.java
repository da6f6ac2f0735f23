package org.matriarch.core.recovery.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;

/** File system steps that survive a power failure once they have returned. */
final class DurableFiles {

    private static final PosixFilePermission[] BITS_FROM_LOWEST = {
        PosixFilePermission.OTHERS_EXECUTE,
        PosixFilePermission.OTHERS_WRITE,
        PosixFilePermission.OTHERS_READ,
        PosixFilePermission.GROUP_EXECUTE,
        PosixFilePermission.GROUP_WRITE,
        PosixFilePermission.GROUP_READ,
        PosixFilePermission.OWNER_EXECUTE,
        PosixFilePermission.OWNER_WRITE,
        PosixFilePermission.OWNER_READ,
    };

    private DurableFiles() {}

    /** Writes a small file anew and syncs it; its directory is left to the caller. */
    static void write(Path file, byte[] content, int mode) throws IOException {
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
            out.force(true);
        }
        setMode(file, mode);
    }

    /** Writes a small file anew that nobody but its owner can read at any moment, and syncs it. */
    static void writeSecret(Path file, byte[] content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        write(file, content, 0600);
    }

    /** Returns the path itself if it exists, else the nearest directory above it that does. */
    static Path nearestExisting(Path path) {
        for (Path candidate = path; candidate != null; candidate = candidate.getParent()) {
            if (Files.exists(candidate)) {
                return candidate;
            }
        }
        return path;
    }

    /** Syncs a directory: what was created, renamed or removed in it stays so. */
    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Sets permission bits, such as 0600. */
    static void setMode(Path path, int mode) throws IOException {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS_FROM_LOWEST.length; bit++) {
            if ((mode >> bit & 1) == 1) {
                permissions.add(BITS_FROM_LOWEST[bit]);
            }
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    /** Removes what a directory holds, links as such; the directory itself stays. */
    static void clear(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> content = Files.list(directory)) {
            for (Path path : (Iterable<Path>) content::iterator) {
                clear(path);
                Files.delete(path);
            }
        }
    }
}
