package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.matriarch.api.model.WalFileName;

/** The directory that others copy WAL into, which waits there until it is archived. */
final class IncomingDirectory {

    /** What programs call a file that they have not finished: rsync begins with a dot, others end in one of these. */
    private static final List<String> TEMPORARY_SUFFIXES = List.of(".tmp", ".part", ".filepart");

    private final Path directory;
    private final WalDisk disk;

    IncomingDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("incoming");
        this.disk = disk;
    }

    /**
     * Something in the directory.
     *
     * @param attributes its own, not those of what a link leads to
     */
    record Entry(String name, BasicFileAttributes attributes) {

        Mark mark() {
            return Mark.of(attributes);
        }
    }

    /** What changes when somebody writes to a file, or puts another one in its place. */
    record Mark(long sizeBytes, FileTime modified, @Nullable Object key) {

        static Mark of(BasicFileAttributes attributes) {
            return new Mark(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
        }

        static Mark of(Path file) throws IOException {
            return of(Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        }
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

    /** Returns what is there, but for what its writer calls unfinished. */
    List<Entry> entries() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try {
            for (Path path : disk.list(directory)) {
                String name = String.valueOf(path.getFileName());
                if (!isUnfinished(name)) {
                    add(entries, name, path);
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return entries;
    }

    private static void add(List<Entry> entries, String name, Path path) throws IOException {
        try {
            entries.add(
                    new Entry(name, Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
        } catch (NoSuchFileException e) {
            return; // somebody took it away
        }
    }

    private static boolean isUnfinished(String name) {
        return name.startsWith(".")
                || name.equals("lost+found")
                || TEMPORARY_SUFFIXES.stream().anyMatch(name::endsWith);
    }

    void sync() throws IOException {
        disk.syncDirectory(directory);
    }

    /** Makes the content of a file that somebody else wrote survive a power failure. */
    void sync(WalFileName name) throws IOException {
        try (WalDisk.OpenFile file = disk.open(path(name))) {
            file.sync();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
