package org.matriarch.testkit.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** Makes a standby of a running primary by copying its files between backup start and stop, without a client program. */
final class StandbyCopy {

    private static final Set<String> LEFT_OUT =
            Set.of("postmaster.pid", "postmaster.opts", "pg_replslot", "pg_wal", "pg_tblspc", "pg_internal.init");

    private StandbyCopy() {}

    static EmbeddedPostgres of(EmbeddedPostgres primary) {
        try {
            Path base = Files.createTempDirectory("matriarch-standby");
            Path data = base.resolve("data");
            copyWhileBackingUp(primary, base, data);
            Files.writeString(data.resolve("standby.signal"), "");
            Files.writeString(
                    data.resolve("postgresql.auto.conf"),
                    "%nprimary_conninfo = '%s application_name=standby%s'%n"
                            .formatted(
                                    primary.conninfo(),
                                    primary.password()
                                            .map(word -> " password=" + word)
                                            .orElse("")),
                    StandardOpenOption.APPEND,
                    StandardOpenOption.CREATE);
            ServerUser.own(base);
            PostgresBuilder builder =
                    EmbeddedPostgres.fromDirectory(primary.major(), data).deleting(base);
            primary.password().ifPresent(builder::password);
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void copyWhileBackingUp(EmbeddedPostgres primary, Path base, Path data)
            throws IOException, SQLException {
        boolean old = primary.major() < 15;
        try (Connection connection = primary.connection();
                Statement statement = connection.createStatement()) {
            // The backup lasts as long as the session.
            statement.execute(
                    old ? "SELECT pg_start_backup('standby', true, false)" : "SELECT pg_backup_start('standby', true)");
            copy(primary.dataDirectory(), data);
            String tablespaceMap = copyTablespaces(primary.dataDirectory(), base, data);
            try (ResultSet stop = statement.executeQuery(
                    old
                            ? "SELECT labelfile FROM pg_stop_backup(false, false)"
                            : "SELECT labelfile FROM pg_backup_stop(false)")) {
                stop.next();
                Files.writeString(data.resolve("backup_label"), stop.getString(1));
            }
            if (!tablespaceMap.isEmpty()) {
                Files.writeString(data.resolve("tablespace_map"), tablespaceMap);
            }
        }
        // With the WAL of the backup at hand, the standby needs of the primary only what comes after it.
        copy(primary.dataDirectory().resolve("pg_wal"), data.resolve("pg_wal"));
        Files.createDirectories(data.resolve("pg_replslot"));
    }

    private static String copyTablespaces(Path source, Path base, Path data) throws IOException {
        var map = new StringBuilder();
        Path links = Files.createDirectories(data.resolve("pg_tblspc"));
        try (var tablespaces = Files.newDirectoryStream(source.resolve("pg_tblspc"), Files::isSymbolicLink)) {
            for (Path tablespace : tablespaces) {
                String oid = PostgresBinaries.nameOf(tablespace);
                Path target = base.resolve("tablespace-" + oid);
                copy(tablespace.toRealPath(), target);
                Files.createSymbolicLink(links.resolve(oid), target);
                map.append(oid).append(' ').append(target).append('\n');
            }
        }
        return map.toString();
    }

    /** Files may come and go meanwhile: the server replays what happened to them. */
    private static void copy(Path source, Path target) throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!directory.equals(source) && isLeftOut(directory)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(target.resolve(source.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isLeftOut(file) && attributes.isRegularFile()) {
                    try {
                        Files.copy(file, target.resolve(source.relativize(file)));
                    } catch (NoSuchFileException e) {
                        return FileVisitResult.CONTINUE;
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException cause) throws IOException {
                if (cause instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw cause;
            }
        });
    }

    private static boolean isLeftOut(Path path) {
        return LEFT_OUT.contains(PostgresBinaries.nameOf(path));
    }
}
