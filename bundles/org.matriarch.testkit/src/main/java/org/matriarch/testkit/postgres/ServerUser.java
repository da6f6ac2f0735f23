package org.matriarch.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The user that servers run as: PostgreSQL refuses root, so root steps down to an ordinary user; others stay themselves. */
public final class ServerUser {

    private static final int ORDINARY_ID = 65534;
    private static final boolean ROOT = ownIdOf(Path.of("/proc/self")) == 0;

    private ServerUser() {}

    /** Gives a file, or a directory with all that is below it, to the user; links are changed, not followed. */
    public static void own(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    give(directory);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    give(file);
                    return FileVisitResult.CONTINUE;
                }
            });
            makeReachable(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Gives a data directory to the user, with what its links to tablespaces and WAL lead to, and closes it to others as
     * PostgreSQL wants it.
     */
    public static void ownDataDirectory(Path data) {
        own(data);
        try {
            for (Path link : linksOf(data)) {
                Path target = link.toRealPath();
                own(target);
                Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwx------"));
            }
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the command that runs the given one as the user. */
    public static List<String> command(List<String> command) {
        var whole = new ArrayList<String>();
        if (ROOT) {
            String id = Integer.toString(ORDINARY_ID);
            whole.addAll(List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups", "--"));
        }
        whole.addAll(command);
        return List.copyOf(whole);
    }

    /** Returns whether a file belongs to whoever runs this. */
    static boolean isOurs(Path path) {
        return ownIdOf(path) == ownIdOf(Path.of("/proc/self"));
    }

    private static List<Path> linksOf(Path data) throws IOException {
        var links = new ArrayList<Path>();
        Path tablespaces = data.resolve("pg_tblspc");
        if (Files.isDirectory(tablespaces)) {
            try (var entries = Files.newDirectoryStream(tablespaces, Files::isSymbolicLink)) {
                entries.forEach(links::add);
            }
        }
        Path wal = data.resolve("pg_wal");
        if (Files.isSymbolicLink(wal)) {
            links.add(wal);
        }
        links.removeIf(link -> !Files.exists(link));
        return links;
    }

    private static void give(Path path) throws IOException {
        if (ROOT) {
            Files.setAttribute(path, "unix:uid", ORDINARY_ID, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:gid", ORDINARY_ID, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Temporary directories of tests are closed to others; opens those on the way, but nothing outside java.io.tmpdir. */
    private static void makeReachable(Path path) throws IOException {
        if (!ROOT) {
            return;
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir")).toRealPath();
        @Nullable Path parent = path.toRealPath().getParent();
        while (parent != null) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(parent));
            if (permissions.add(PosixFilePermission.OTHERS_EXECUTE) && ownIdOf(parent) != ORDINARY_ID) {
                if (!parent.startsWith(temporary)) {
                    throw new IOException("the user of the server cannot enter '%s'; use a directory below '%s'"
                            .formatted(parent, temporary));
                }
                Files.setPosixFilePermissions(parent, permissions);
            }
            parent = parent.getParent();
        }
    }

    private static int ownIdOf(Path path) {
        try {
            return (Integer) Files.getAttribute(path, "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
