package org.matriarch.core.wal.internal;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.matriarch.api.model.WalFileName;

/** The directory that received WAL waits in until it is archived. */
final class StreamingDirectory {

    private static final String TEMPORARY = ".tmp";

    private final Path directory;
    private final WalDisk disk;

    StreamingDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("streaming");
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

    Path path() {
        return directory;
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
        return texts().stream()
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
        return texts().stream()
                .filter(text -> !text.endsWith(TEMPORARY)
                        && !text.startsWith(".")
                        && WalFileName.find(text).isEmpty())
                .toList();
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

    private List<String> texts() throws IOException {
        try {
            return disk.list(directory).stream()
                    .filter(Files::isRegularFile)
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
