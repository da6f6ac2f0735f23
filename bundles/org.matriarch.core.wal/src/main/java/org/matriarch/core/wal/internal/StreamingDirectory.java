package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.matriarch.api.model.WalFileName;

/** The directory that received WAL waits in until it is archived, and the one beside it for what cannot be. */
final class StreamingDirectory {

    private static final String TEMPORARY = ".tmp";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path directory;
    private final Path errors;
    private final WalDisk disk;

    StreamingDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("streaming");
        this.errors = home.resolve("errors");
        this.disk = disk;
    }

    WalDisk disk() {
        return disk;
    }

    /** Creates the directory, and makes the names that a crash left in it survive the next one. */
    void prepare() throws IOException {
        disk.createDirectory(directory);
        disk.syncDirectory(directory);
    }

    Path path(WalFileName name) {
        return directory.resolve(name.value());
    }

    /** Returns the path of a file that is not yet what it shall be; such files mean nothing after a crash. */
    Path temporary(String name) {
        return directory.resolve(name + TEMPORARY);
    }

    boolean contains(WalFileName name) {
        return Files.exists(path(name));
    }

    void sync() throws IOException {
        disk.syncDirectory(directory);
    }

    /** Returns the WAL files in it: histories first, then by name. */
    List<WalFileName> names() throws IOException {
        return texts(directory).stream()
                .map(WalFileName::find)
                .flatMap(Optional::stream)
                .sorted((a, b) -> {
                    boolean historyA = a.kind() == WalFileName.Kind.HISTORY;
                    boolean historyB = b.kind() == WalFileName.Kind.HISTORY;
                    return historyA == historyB ? a.compareTo(b) : Boolean.compare(historyB, historyA);
                })
                .toList();
    }

    /** Returns the names of files that should not be there. */
    List<String> strangers() throws IOException {
        return texts(directory).stream()
                .filter(text -> !text.endsWith(TEMPORARY)
                        && !text.startsWith(".")
                        && WalFileName.find(text).isEmpty())
                .toList();
    }

    /** Returns the names of the files that were moved aside. */
    List<String> refused() throws IOException {
        return texts(errors);
    }

    /** Writes a small file durably, replacing one of that name. */
    void write(WalFileName name, String content) throws IOException {
        Path temporary = temporary(name.value());
        disk.delete(temporary);
        try (WalDisk.OpenFile file = disk.open(temporary)) {
            file.write(ByteBuffer.wrap(content.getBytes(ISO_8859_1)), 0);
            file.sync();
        }
        disk.rename(temporary, path(name));
        sync();
    }

    void delete(WalFileName name) throws IOException {
        disk.delete(path(name));
    }

    /** Moves a file into {@code errors/} and returns where it is now. */
    Path moveAside(String name, String suffix, Instant now) throws IOException {
        disk.createDirectory(errors);
        String base = "%s.%s".formatted(name, STAMP.format(now));
        Path target = errors.resolve(base + suffix);
        for (int i = 1; Files.exists(target); i++) {
            target = errors.resolve("%s-%d%s".formatted(base, i, suffix));
        }
        disk.rename(directory.resolve(name), target);
        // First the new name, then the loss of the old: never neither.
        disk.syncDirectory(errors);
        disk.syncDirectory(directory);
        return target;
    }

    private static List<String> texts(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
