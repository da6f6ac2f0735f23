package org.matriarch.core.wal.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The directory for what came and cannot be archived; an operator decides about it. */
final class ErrorsDirectory {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path directory;
    private final WalDisk disk;

    ErrorsDirectory(Path home, WalDisk disk) {
        this.directory = home.resolve("errors");
        this.disk = disk;
    }

    /** Returns the names of what was moved here. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Moves a file, a link or a directory here, durably, and returns where it is now. */
    Path take(Path file, String suffix, Instant now) throws IOException {
        disk.createDirectory(directory);
        String base = "%s.%s".formatted(file.getFileName(), STAMP.format(now));
        Path target = directory.resolve(base + suffix);
        for (int i = 1; Files.exists(target, LinkOption.NOFOLLOW_LINKS); i++) {
            target = directory.resolve("%s-%d%s".formatted(base, i, suffix));
        }
        Path before = file.toAbsolutePath().getParent();
        disk.rename(file, target);
        // First the new name, then the loss of the old: never neither.
        disk.syncDirectory(directory);
        if (before != null) {
            disk.syncDirectory(before);
        }
        return target;
    }
}
