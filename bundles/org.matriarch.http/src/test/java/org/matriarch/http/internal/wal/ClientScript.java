package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs a script for the database host as PostgreSQL does: in a data directory, through a shell. */
final class ClientScript {

    static final String PUSH = "matriarch-wal-push";
    static final String FETCH = "matriarch-wal-fetch";

    private static final Path BIN = Path.of("../../karaf-distribution/src/main/resources/bin");
    private static final long SECONDS = 60;

    private final Path directory;
    private final List<String> shell;
    private final List<String> options;

    /** How a script ended. */
    record End(int code, String out, String err) {}

    private ClientScript(Path directory, List<String> shell, List<String> options) {
        this.directory = directory;
        this.shell = shell;
        this.options = options;
    }

    /** Begins with a data directory, and options that every call gets. */
    static ClientScript in(Path directory, String... options) {
        return new ClientScript(directory, List.of("sh"), List.of(options));
    }

    ClientScript with(String... more) {
        return new ClientScript(
                directory,
                shell,
                Stream.concat(options.stream(), Stream.of(more)).toList());
    }

    ClientScript under(String... otherShell) {
        return new ClientScript(directory, List.of(otherShell), options);
    }

    Process start(String script, String... words) throws IOException {
        var line = new ArrayList<String>(shell);
        line.add(BIN.resolve(script).toRealPath().toString());
        line.addAll(options);
        line.addAll(List.of(words));
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().put("HOME", directory.toString());
        builder.environment().put("http_proxy", "http://127.0.0.1:1"); // must not matter
        return builder.start();
    }

    End run(String script, String... words) throws Exception {
        return end(start(script, words));
    }

    /** Both streams end only when nothing the script has started holds them open. */
    static End end(Process process) throws Exception {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        return new End(process.exitValue(), out, err);
    }

    static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
