package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The directory of a server as Barman leaves it. The files are those of a backup that the product took, since both keep what the
 * replication protocol sends; what lies around them is laid as the one or the other Barman does.
 */
final class BarmanDisk {

    private final Path directory;
    private final String id;

    /** Copies the repository of a server. */
    BarmanDisk(Path source, Path directory, String id) throws IOException, InterruptedException {
        this.directory = directory;
        this.id = id;
        Files.createDirectories(directory);
        for (String part : List.of("base", "meta", "wals", "identity.json")) {
            run(directory, "cp", "-a", source.resolve(part).toString(), directory.toString());
        }
        Path wals = directory.resolve("wals");
        try (Stream<Path> indexes = Files.list(wals)) {
            for (Path index : indexes.filter(
                            file -> file.getFileName().toString().contains("xlog.db"))
                    .toList()) {
                run(directory, "rm", "-r", index.toString());
            }
        }
        Files.delete(directory.resolve("meta/%s-manifest.json".formatted(id)));
        String name = directory.getFileName().toString();
        Path record = directory.resolve("meta/%s-backup.info".formatted(id));
        Files.writeString(record, Files.readString(record).replace("server_name=main", "server_name=" + name));
    }

    /** As Barman 3.17 leaves a backup without compression, and WAL as it came. */
    void as317() throws IOException {
        String name = directory.getFileName().toString();
        Files.writeString(directory.resolve("wals/%s-xlog.db".formatted(name)), index("None\tNone"));
    }

    /** As Barman 3.9 leaves one with {@code backup_compression = gzip}, and WAL with {@code compression = gzip}. */
    void as39() throws IOException, InterruptedException {
        Path backup = directory.resolve("base/" + id);
        Files.move(directory.resolve("meta/%s-backup.info".formatted(id)), backup.resolve("backup.info"));
        Files.delete(directory.resolve("meta"));
        Path record = backup.resolve("backup.info");
        Files.writeString(record, Files.readString(record).replace("compression=None", "compression=gzip"));
        Path files = Files.move(backup.resolve("data"), backup.resolve("files"));
        Path data = Files.createDirectory(backup.resolve("data"));
        Files.move(files.resolve("backup_manifest"), data.resolve("backup_manifest"));
        pack(files, data.resolve("base.tar.gz"));
        try (Stream<Path> areas = Files.list(backup)) {
            for (Path area : areas.filter(file -> file.getFileName().toString().matches("\\d+"))
                    .toList()) {
                pack(area, data.resolve(area.getFileName() + ".tar.gz"));
            }
        }
        for (Path wal : wals()) {
            compress(wal);
        }
        Files.writeString(directory.resolve("wals/xlog.db"), index("gzip"));
    }

    private static void pack(Path files, Path archive) throws IOException, InterruptedException {
        var command = new ArrayList<String>(
                List.of("tar", "--format=ustar", "-czf", archive.toString(), "-C", files.toString()));
        try (Stream<Path> top = Files.list(files)) {
            top.map(file -> file.getFileName().toString()).sorted().forEach(command::add);
        }
        run(files, command.toArray(String[]::new));
        run(files, "rm", "-r", files.toString());
    }

    private static void compress(Path wal) throws IOException {
        Path compressed = wal.resolveSibling(wal.getFileName() + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            Files.copy(wal, out);
        }
        Files.move(compressed, wal, StandardCopyOption.REPLACE_EXISTING);
    }

    private String index(String rest) throws IOException {
        var lines = new StringBuilder();
        for (Path wal : wals()) {
            lines.append("%s\t%d\t1763720000.25\t%s\n".formatted(wal.getFileName(), Files.size(wal), rest));
        }
        return lines.toString();
    }

    private List<Path> wals() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("wals"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
                    .sorted()
                    .toList();
        }
    }

    private static void run(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
    }
}
