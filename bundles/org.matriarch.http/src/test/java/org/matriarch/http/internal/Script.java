package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs the script {@code bin/matriarch} of the distribution, as a user does. */
final class Script {

    static final Path FILE = Path.of("../../karaf-distribution/src/main/resources/bin/matriarch");
    private static final long SECONDS = 60;

    private final Process process;
    private final CompletableFuture<byte[]> out;
    private final CompletableFuture<byte[]> err;

    /** What the script left behind. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record End(int code, byte[] out, String err) {

        String text() {
            return new String(out, UTF_8);
        }
    }

    private Script(Process process) {
        this.process = process;
        this.out =
                CompletableFuture.supplyAsync(() -> read(process.getInputStream()), task -> new Thread(task).start());
        this.err =
                CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), task -> new Thread(task).start());
    }

    static Script start(Path data, String... words) throws IOException {
        // A build in the background ignores Ctrl-C, and so would every process it starts.
        var line = new ArrayList<String>(List.of(
                "env", "--default-signal=INT", "sh", FILE.toAbsolutePath().toString()));
        line.addAll(List.of(words));
        return of(data, line);
    }

    /** What a call that prints no result left behind. */
    record Said(int code, String err) {}

    /** Runs it as a user who logs in. */
    static Said runAs(String user, String password, Path data, String... words) throws Exception {
        // In a session of its own there is no terminal to ask on.
        var line = new ArrayList<String>(
                List.of("setsid", "--wait", "sh", FILE.toAbsolutePath().toString(), "--user", user));
        line.addAll(List.of(words));
        End end = of(data, line, password).end();
        return new Said(end.code(), end.err());
    }

    static Script of(Path data, List<String> line) throws IOException {
        return of(data, line, "");
    }

    private static Script of(Path data, List<String> line, String password) throws IOException {
        var builder = new ProcessBuilder(line);
        builder.environment().put("MATRIARCH_PASSWORD", password);
        builder.environment().put("MATRIARCH_DATA", data.toString());
        builder.environment().put("http_proxy", "http://127.0.0.1:1"); // must not matter
        builder.directory(
                Files.createDirectories(data.resolve("work directory")).toFile());
        return new Script(builder.start());
    }

    static End run(Path data, String... words) throws Exception {
        return start(data, words).end();
    }

    Process process() {
        return process;
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    End end() throws Exception {
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the script did not end in time");
        }
        return new End(
                process.exitValue(), out.get(10, TimeUnit.SECONDS), new String(err.get(10, TimeUnit.SECONDS), UTF_8));
    }

    private static byte[] read(InputStream stream) {
        try (stream) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
