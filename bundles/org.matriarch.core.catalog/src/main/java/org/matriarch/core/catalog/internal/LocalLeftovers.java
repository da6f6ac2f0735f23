package org.matriarch.core.catalog.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.matriarch.api.repository.BackupEntry;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.repository.BackupReader;

/** Finds files that lie in a backup's directories and that its manifest does not know; only a local store has any. */
final class LocalLeftovers {

    private final BackupReader reader;
    private final List<BackupEntry> entries;

    LocalLeftovers(BackupReader reader, List<BackupEntry> entries) {
        this.reader = reader;
        this.entries = entries;
    }

    /** Returns one line per unknown file. */
    List<String> find() {
        Set<String> known = new HashSet<>();
        for (BackupEntry entry : entries) {
            known.add(entry.path().manifestPath());
        }
        var lines = new ArrayList<String>();
        directories().forEach((oid, directory) -> walk(oid, directory, known, lines));
        return lines;
    }

    /** Returns the directory of each area, found from one of its files. */
    private Map<Long, Path> directories() {
        var directories = new TreeMap<Long, Path>();
        for (BackupEntry entry : entries) {
            long oid = entry.path().tablespaceOid();
            if (!entry.directory() && !directories.containsKey(oid)) {
                reader.localFile(entry.path())
                        .flatMap(file -> above(file, entry.path().path()))
                        .ifPresent(directory -> directories.put(oid, directory));
            }
        }
        return directories;
    }

    private static Optional<Path> above(Path file, String relative) {
        Path directory = file;
        for (int i = relative.split("/", -1).length; i > 0 && directory != null; i--) {
            directory = directory.getParent();
        }
        return Optional.ofNullable(directory).filter(Files::isDirectory);
    }

    private static void walk(long oid, Path directory, Set<String> known, List<String> lines) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> new BackupPath(oid, directory.relativize(file).toString()).manifestPath())
                    .filter(path -> !known.contains(path))
                    .forEach(path -> lines.add("'%s' is not in the manifest".formatted(path)));
        } catch (IOException | UncheckedIOException e) {
            lines.add("'%s' cannot be listed: %s".formatted(directory, e.getMessage()));
        }
    }
}
