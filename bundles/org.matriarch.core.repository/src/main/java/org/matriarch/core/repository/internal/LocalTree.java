package org.matriarch.core.repository.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;

/**
 * The directory of one backup in a store that keeps directories: gives files and directories the modes and times they had
 * on the server, makes the directories that hold no file and the links to tablespaces.
 */
final class LocalTree {

    /** PostgreSQL refuses to start in a data directory that others may read. */
    private static final int AREA_MODE = 0700;

    private static final int BUFFER_BYTES = 1 << 17;

    private static final List<PosixFilePermission> FROM_HIGHEST = List.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private final Path root;

    LocalTree(Path root) {
        this.root = root;
    }

    Path resolve(BackupPath path) {
        return root.resolve(Layout.area(path.tablespaceOid())).resolve(path.path());
    }

    /** Returns what a manifest says of a file that was put here, which is read for it. */
    BackupEntry read(BackupPath path) throws IOException {
        Path file = resolve(path);
        try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            PosixFileAttributes found =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            MessageDigest digest = ChecksumThreads.sha256();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            long sizeBytes = 0;
            while (content.read(buffer) >= 0) {
                sizeBytes += buffer.position();
                digest.update(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
            return new BackupEntry(
                    path,
                    false,
                    sizeBytes,
                    mode(found.permissions()),
                    found.lastModifiedTime().toInstant(),
                    Optional.of(HexFormat.of().formatHex(digest.digest())));
        }
    }

    /** Gives a file its mode and time if the store shows it already; its batch then makes them durable with the rest. */
    void dressEarly(BackupEntry entry) throws IOException {
        Path file = resolve(entry.path());
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            dress(file, entry);
        }
    }

    /** Completes the tree of the entries, all of whose files are there, and makes it durable. */
    void complete(List<BackupEntry> entries, List<Long> tablespaces) throws IOException {
        Set<Path> changed = new TreeSet<>();
        makeArea(0, changed);
        for (long oid : tablespaces) {
            makeArea(oid, changed);
            link(oid, changed);
        }
        for (BackupEntry entry : entries) {
            if (entry.directory()) {
                makeDirectories(resolve(entry.path()), changed);
                changed.add(parentOf(resolve(entry.path()))); // a program may have made it, and does not sync
            } else if (dress(resolve(entry.path()), entry)) {
                sync(resolve(entry.path()));
            }
        }
        // A directory's time changes with its content, so the deepest come first.
        List<BackupEntry> directories = entries.stream()
                .filter(BackupEntry::directory)
                .sorted(Comparator.comparing(BackupEntry::path).reversed())
                .toList();
        for (BackupEntry directory : directories) {
            if (dress(resolve(directory.path()), directory)) {
                changed.add(resolve(directory.path()));
            }
        }
        for (Path directory : changed) {
            sync(directory);
        }
    }

    private void makeArea(long oid, Set<Path> changed) throws IOException {
        Path area = root.resolve(Layout.area(oid));
        makeDirectories(area, changed);
        setMode(area, AREA_MODE);
        changed.add(area);
    }

    private void link(long oid, Set<Path> changed) throws IOException {
        Path links = root.resolve(Layout.area(0)).resolve("pg_tblspc");
        Path link = links.resolve(Layout.area(oid));
        makeDirectories(links, changed);
        try {
            Files.createSymbolicLink(link, Path.of("..", "..", Layout.area(oid)));
        } catch (FileAlreadyExistsException e) {
            return; // a tablespace in place, which PostgreSQL keeps as a directory there
        }
        changed.add(links);
    }

    private static Path parentOf(Path path) {
        return requireNonNull(path.getParent(), "an area has a parent");
    }

    private static void makeDirectories(Path directory, Set<Path> changed) throws IOException {
        Path missing = directory;
        while (missing != null && !Files.isDirectory(missing)) {
            changed.add(missing);
            missing = missing.getParent();
        }
        if (missing != null && !missing.equals(directory)) {
            changed.add(missing);
            Files.createDirectories(directory);
        }
    }

    /** Sets mode and time where they differ; returns whether they did. */
    private static boolean dress(Path path, BackupEntry entry) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes found = view.readAttributes();
        Set<PosixFilePermission> wanted = permissions(entry.mode());
        boolean modeDiffers = !found.permissions().equals(wanted);
        boolean timeDiffers = !micros(found.lastModifiedTime().toInstant()).equals(micros(entry.modified()));
        if (modeDiffers) {
            view.setPermissions(wanted);
        }
        if (timeDiffers) {
            view.setTimes(FileTime.from(entry.modified()), null, null);
        }
        return modeDiffers || timeDiffers;
    }

    private static Instant micros(Instant time) {
        return time.truncatedTo(ChronoUnit.MICROS);
    }

    private static void setMode(Path path, int mode) throws IOException {
        Files.setPosixFilePermissions(path, permissions(mode));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < FROM_HIGHEST.size(); bit++) {
            if ((mode & 0400 >> bit) != 0) {
                permissions.add(FROM_HIGHEST.get(bit));
            }
        }
        return permissions;
    }

    static int mode(Set<PosixFilePermission> permissions) {
        int mode = 0;
        for (int bit = 0; bit < FROM_HIGHEST.size(); bit++) {
            mode |= permissions.contains(FROM_HIGHEST.get(bit)) ? 0400 >> bit : 0;
        }
        return mode;
    }

    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
