package org.matriarch.storage.file.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.matriarch.spi.storage.ObjectInfo;
import org.matriarch.spi.storage.ObjectName;

/** Goes through directories without ever following a link, so it never leaves the store. */
final class TreeWalk {

    private static final int DELETE_ATTEMPTS = 10;

    private TreeWalk() {}

    /** Returns the last part of a path. */
    static String nameOf(Path path) {
        return requireNonNull(path.getFileName(), "only the root has no name").toString();
    }

    /** Returns the objects whose names begin with a prefix, in name order. */
    static List<ObjectInfo> list(Path root, String prefix) throws IOException {
        Path start = root.resolve(prefix.substring(0, prefix.lastIndexOf('/') + 1));
        var found = new ArrayList<ObjectInfo>();
        if (Files.isDirectory(start, LinkOption.NOFOLLOW_LINKS) || start.equals(root)) {
            Files.walkFileTree(start, new Lister(root, prefix, found));
        }
        found.sort(Comparator.comparing(ObjectInfo::name));
        return List.copyOf(found);
    }

    /** Deletes a directory with all that is below it, one entry at a time, however many there are. */
    static void delete(Path directory, Disk disk) throws IOException {
        for (int attempt = 1; ; attempt++) {
            deleteEntries(directory, disk);
            try {
                disk.delete(directory);
                return;
            } catch (DirectoryNotEmptyException e) {
                // Some file systems skip entries while others are being deleted, and others may be writing.
                if (attempt == DELETE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void deleteEntries(Path directory, Disk disk) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new ClosedByInterruptException();
                }
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    delete(entry, disk);
                } else {
                    disk.delete(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Somebody else deletes it, too.
            return;
        }
    }

    /** Collects what the prefix matches and enters no directory that cannot hold any of it. */
    private static final class Lister extends SimpleFileVisitor<Path> {

        private final Path root;
        private final String prefix;
        private final List<ObjectInfo> found;

        Lister(Path root, String prefix, List<ObjectInfo> found) {
            this.root = root;
            this.prefix = prefix;
            this.found = found;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new ClosedByInterruptException();
            }
            String name = root.relativize(directory) + "/";
            boolean mayHold = directory.equals(root) || name.startsWith(prefix) || prefix.startsWith(name);
            return mayHold ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = root.relativize(file).toString();
            if (attributes.isRegularFile() && name.startsWith(prefix) && !TemporaryFiles.isTemporary(nameOf(file))) {
                found.add(new ObjectInfo(
                        new ObjectName(name),
                        attributes.size(),
                        attributes.lastModifiedTime().toInstant()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
            if (cause instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw cause;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause) throws IOException {
            if (cause != null && !(cause instanceof NoSuchFileException)) {
                throw cause;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
