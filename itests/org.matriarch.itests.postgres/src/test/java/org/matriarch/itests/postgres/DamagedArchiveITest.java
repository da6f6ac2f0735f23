package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** A disk changes one bit of archived WAL, whichever way it is compressed: nobody ever gets it, and is told why. */
final class DamagedArchiveITest {

    private static final List<String> COMPRESSIONS = List.of("none", "gzip", "bzip2", "zstd", "lz4");

    @Test
    void givesNobodyWhatIsNotWhatWasArchived() throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17)
                        .walSegmentMebibytes(1)
                        .setting("wal_keep_size", "1GB")
                        .start();
                Container container = Container.start()) {
            Map<String, String> archived = archiveWithEach(server, container);
            DatabaseHost host = DatabaseHost.of(container, "main", server);
            for (var segment : archived.entrySet()) {
                String name = segment.getValue();
                String expected = "archived were 1048576 bytes with CRC-32C " + crc(walFile(server, name));
                Path fetched = server.scratchDirectory().resolve("fetched." + name);

                assertThat(container.run(get(container, name)).exitCode())
                        .as("before: " + segment)
                        .isZero();
                flipBitInTheMiddle(container.data().resolve("matriarch/main/wals/0000000100000000/" + name));

                String[] getAgain = get(container, name);
                Container.Result got = container.run(getAgain);
                assertThat(got.exitCode()).as(segment.toString()).isEqualTo(1);
                assertThat(got.error())
                        .as(segment.toString())
                        .startsWith("MATR-2004: unable to read '%s' of server 'main'".formatted(name))
                        .contains(expected)
                        .contains("\nHINT: ");
                assertThat(Path.of(getAgain[getAgain.length - 1])).isEmptyDirectory();

                DatabaseHost.Said said =
                        host.run("matriarch-wal-fetch", "--wait", "0", "main", name, fetched.toString());
                assertThat(said.exitCode()).as(segment.toString()).isGreaterThan(125);
                assertThat(said.text())
                        .as(segment.toString())
                        .startsWith("MATR-2004: unable to fetch '%s' of 'main': ".formatted(name))
                        .contains(expected)
                        .contains("\nHINT: ");
                assertThat(server.scratchDirectory())
                        .isDirectoryNotContaining(
                                file -> file.getFileName().toString().contains("fetched"));
            }
        }
    }

    /** Returns the segment that was archived with each compression. */
    private static Map<String, String> archiveWithEach(EmbeddedPostgres server, Container container) {
        var archived = new LinkedHashMap<String, String>();
        DatabaseHost.closeSegment(server);
        for (String compression : COMPRESSIONS) {
            container.configureServer(
                    "main", server, "streaming_archiver = off", "archiver = on", "compression = " + compression);
            await(compression)
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> Pattern.compile("(?m)^ *compression +: %s$".formatted(compression))
                            .matcher(container.ok("server:show", "main").out())
                            .find());
            archived.put(compression, archivedAs(compression, server, container));
        }
        return archived;
    }

    /** What the archiver has in hand when the file changes may still be stored as before. */
    private static String archivedAs(String compression, EmbeddedPostgres server, Container container) {
        for (int segments = 0; segments < 5; segments++) {
            // Something that can be made only half as small: the middle is then no filling.
            server.execute("SELECT pg_logical_emit_message(false, 'story', string_agg(md5(n::text), ''))"
                    + " FROM generate_series(1, 25000) n");
            String name = DatabaseHost.closeSegment(server);
            container.ok("wal:put", "main", name, walFile(server, name).toString());
            await("archiving of " + name)
                    .pollInterval(Duration.ofMillis(200))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> listed(container).contains("\"" + name + "\""));
            String stored = "\"name\"\\s*:\\s*\"%s\"[^{}]*\"compression\"\\s*:\\s*%s"
                    .formatted(name, compression.equals("none") ? "null" : "\"" + compression + "\"");
            if (Pattern.compile(stored).matcher(listed(container)).find()) {
                return name;
            }
        }
        throw new AssertionError("nothing is archived as " + compression);
    }

    /** Returns what is archived; what waits for that is left out. */
    private static String listed(Container container) {
        return container.ok("wal:list", "main", "--format", "json").out().replaceAll("(?s)\"waiting\".*", "");
    }

    /** The last word is a new directory. */
    private static String[] get(Container container, String name) throws IOException {
        Path directory = Files.createDirectory(container.newDirectory("got"));
        return new String[] {"wal:get", "main", name, "--output", directory.toString()};
    }

    private static void flipBitInTheMiddle(Path archived) throws IOException {
        try (var file = new RandomAccessFile(archived.toFile(), "rw")) {
            long middle = file.length() / 2;
            file.seek(middle);
            int found = file.read();
            file.seek(middle);
            file.write(found ^ 0x04);
        }
    }

    private static String crc(Path file) throws IOException {
        var crc = new CRC32C();
        crc.update(Files.readAllBytes(file));
        return "%08x".formatted(crc.getValue());
    }

    private static Path walFile(EmbeddedPostgres server, String name) {
        return server.dataDirectory().resolve("pg_wal").resolve(name);
    }
}
