package org.matriarch.itests.postgres;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.stream.Stream;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** The files of backups as they lie in the repository, and those of a server that a later backup may share with an earlier one. */
final class CopiedFiles {

    private CopiedFiles() {}

    /** A file proves that it has not changed only if it is older than the backup's start, by whole seconds. */
    static void awaitThatTimesProveSomething(EmbeddedPostgres server) {
        String later = server.query("SELECT date_trunc('second', clock_timestamp()) + interval '2 seconds'");
        await().until(() ->
                server.query("SELECT clock_timestamp() > '%s'".formatted(later)).equals("t"));
    }

    /** Writes a file of always the same size. */
    static Path write(Path data, String content, Instant modified) throws IOException {
        Path file = Files.writeString(data.resolve("unsure"), content);
        ServerUser.own(file);
        return Files.setLastModifiedTime(file, FileTime.from(modified));
    }

    static String latest(Container container) {
        return container
                .ok("backup:list", "main", "--minimal")
                .out()
                .lines()
                .reduce(BackupIds::newer)
                .orElseThrow();
    }

    static Path file(Container container, String backup, String path) {
        return base(container, backup).resolve("data").resolve(path);
    }

    static Path base(Container container, String backup) {
        return container.data().resolve("matriarch/main/base").resolve(backup);
    }

    static Object inode(Container container, String backup, String path) throws IOException {
        return Files.getAttribute(file(container, backup, path), "unix:ino");
    }

    static long bytesOfItsOwn(Container container, String backup) throws IOException {
        try (Stream<Path> files = Files.walk(base(container, backup))) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> links(file) == 1)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static int links(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:nlink");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
