package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** A database host as a DBA sets it up: the two scripts and a copy of the token, for the user of PostgreSQL alone. */
final class DatabaseHost {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String name;
    private final String url;
    private final Path directory;
    private final Optional<Path> certificate;

    private DatabaseHost(String name, String url, Path directory, Optional<Path> certificate) {
        this.name = name;
        this.url = url;
        this.directory = directory;
        this.certificate = certificate;
    }

    /** Prepares the host of a server that a container knows, in a directory that goes with the server's. */
    static DatabaseHost of(Container container, String name, EmbeddedPostgres server) {
        try {
            Path directory = Files.createTempDirectory(server.scratchDirectory(), "host");
            for (String script : List.of("matriarch-wal-push", "matriarch-wal-fetch")) {
                Files.copy(Container.script(script), directory.resolve(script));
            }
            Files.copy(container.tokenFile(name), directory.resolve("token"));
            Optional<Path> certificate = container.certificate();
            if (certificate.isPresent()) {
                Files.copy(certificate.get(), directory.resolve("matriarch.crt"));
            }
            ServerUser.own(directory);
            return new DatabaseHost(
                    name, container.walUrl(), directory, certificate.map(file -> directory.resolve("matriarch.crt")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets a server archive through the container from now on. */
    void archive(EmbeddedPostgres server) {
        server.execute("ALTER SYSTEM SET archive_command = '%s/matriarch-wal-push %s %s %%p'"
                .formatted(directory, options(), name));
        server.reload();
    }

    /** Runs a script to its end and returns its exit code and what it said. */
    Said run(String script, String... words) {
        try {
            var line = new ArrayList<String>(
                    List.of("sh", directory.resolve(script).toString()));
            line.addAll(List.of(options().split(" ")));
            line.addAll(List.of(words));
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How a script ended. */
    record Said(int exitCode, String text) {}

    Path tokenFile() {
        return directory.resolve("token");
    }

    /** Writes a little WAL, closes the segment, and returns its name. */
    static String closeSegment(EmbeddedPostgres server) {
        server.execute("SELECT pg_logical_emit_message(false, 'story', repeat('x', 500))");
        return server.query("SELECT pg_walfile_name(pg_switch_wal())");
    }

    /** Waits until a server has archived a segment. */
    static void awaitArchived(EmbeddedPostgres server, String segment) {
        await("archiving of " + segment)
                .pollInterval(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> lastArchived(server).compareTo(segment) >= 0);
    }

    /** Returns the last segment that a server has archived; empty if there is none. */
    static String lastArchived(EmbeddedPostgres server) {
        return server.query("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver");
    }

    /** Returns the names in the archive; fails if there is a gap, or one name twice. */
    static Set<String> archived(Container container, String name) {
        String list = container.ok("wal:list", name, "--format", "json").out();
        assertThat(list).containsPattern("\"gaps\"\\s*:\\s*\\[\\s*\\]");
        return namesIn(list);
    }

    /** Returns the names in the archive; fails if there is one twice. */
    static Set<String> names(Container container, String name) {
        return namesIn(container.ok("wal:list", name, "--format", "json").out());
    }

    private static Set<String> namesIn(String list) {
        var names = new TreeSet<String>();
        Pattern.compile("\"name\"\\s*:\\s*\"([0-9A-F]{8}[^\"]+)\"")
                .matcher(list)
                .results()
                .forEach(found ->
                        assertThat(names.add(found.group(1))).as(found.group(1)).isTrue());
        return names;
    }

    private String options() {
        String options = "--url %s --token-file %s/token".formatted(url, directory);
        return certificate.map(file -> options + " --cacert " + file).orElse(options);
    }
}
