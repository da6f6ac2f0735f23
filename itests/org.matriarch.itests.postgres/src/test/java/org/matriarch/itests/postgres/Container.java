package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.matriarch.testkit.network.FreePort;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/**
 * The product as a user has it: the unpacked distribution, read-only in effect, with a data directory of its own, started
 * by its script and talked to through {@code bin/matriarch}.
 */
final class Container implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String USER = "tester";
    private static @Nullable Path installation;

    private final Path data;
    private final int homeMebibytes;
    private final int walPort = FreePort.next();
    private int promptPort;
    private @Nullable Process process;
    private @Nullable Path certificate;

    private Container(Path data, int homeMebibytes) {
        this.data = data;
        this.homeMebibytes = homeMebibytes;
    }

    /** What a command said and how it ended. */
    record Result(int exitCode, String out, String error) {}

    /** Starts a container that knows no server. */
    static Container start() {
        return startWithHome(0);
    }

    /** Starts a container on data that hold files of etc/ already, by name, as a deployment tool leaves them. */
    static Container startConfigured(Map<String, String> files) {
        return start(0, files);
    }

    /** Starts a container whose repositories lie on a file system of so many MiB; 0 for no limit. */
    static Container startWithHome(int mebibytes) {
        return start(mebibytes, Map.of());
    }

    private static Container start(int homeMebibytes, Map<String, String> files) {
        try {
            var container = new Container(Files.createTempDirectory("matriarch-container"), homeMebibytes);
            for (var file : files.entrySet()) {
                Files.createDirectories(container.data.resolve("etc"));
                container.configure(file.getKey(), file.getValue());
            }
            container.startAgain();
            container.openWalDoor();
            return container;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Configures a server under care that streams its WAL through a slot, and waits until it does. */
    void care(String name, EmbeddedPostgres server, String... moreLines) {
        configureServer(name, server, moreLines);
        awaitStreaming(name);
    }

    /** Configures a server under care, and waits until this, and not what was there before, is in force. */
    void configureServer(String name, EmbeddedPostgres server, String... moreLines) {
        var lines = new ArrayList<String>(List.of(
                "description = a server of the tests",
                "conninfo = " + server.conninfo(),
                "slot_name = matriarch_" + name,
                "create_slot = auto",
                "immediate_checkpoint = true"));
        lines.addAll(List.of(moreLines));
        configure("org.matriarch.server-%s.cfg".formatted(name), String.join("\n", lines) + "\n");
        await("configuration of " + name)
                .atMost(PATIENCE)
                .until(() -> run("server:show", name).out().contains("port=" + server.port()));
    }

    /** Writes a file of etc/ whole, as an editor or a deployment tool does. */
    void configure(String fileName, String text) {
        try {
            Path temporary = Files.writeString(data.resolve(fileName + ".new"), text);
            Files.move(temporary, data.resolve("etc").resolve(fileName), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes a file of etc/. */
    void removeConfiguration(String fileName) {
        try {
            Files.delete(data.resolve("etc").resolve(fileName));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until the receiver of a server receives. */
    void awaitStreaming(String name) {
        await("streaming of " + name)
                .pollInterval(Duration.ofMillis(300))
                .atMost(PATIENCE)
                .until(() -> {
                    Result status = run("wal:receive", name, "status", "--format", "json");
                    return status.out().contains("STREAMING");
                });
    }

    /** Takes a backup and waits until it is whole; returns its id. */
    String backUp(String name) {
        ok("backup:create", name, "--wait", "--wait-timeout", "120");
        return ok("backup:list", name, "--minimal")
                .out()
                .strip()
                .lines()
                .reduce((first, second) -> BackupIds.newer(first, second))
                .orElseThrow();
    }

    /** Restores into a new directory below the data directory and returns it. */
    Path restore(String name, String backup, String... options) {
        Path destination = newDirectory("restored");
        var arguments = new ArrayList<String>(List.of("backup:restore", name, backup, destination.toString()));
        arguments.addAll(List.of(options));
        ok(arguments.toArray(String[]::new));
        return destination;
    }

    /** Returns a directory below the data directory that does not exist yet. */
    Path newDirectory(String prefix) {
        try {
            Path directory = Files.createTempDirectory(data, prefix);
            Files.delete(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command that must succeed. */
    Result ok(String... arguments) {
        Result result = run(arguments);
        assertThat(result.exitCode())
                .as(() -> "exit code of %s%n%s%s".formatted(String.join(" ", arguments), result.out(), result.error()))
                .isZero();
        return result;
    }

    /** Runs a command to its end. */
    Result run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private Result run(Map<String, String> environment, String... arguments) {
        try {
            Path out = Files.createTempFile(data, "out", ".txt");
            Path error = Files.createTempFile(data, "error", ".txt");
            var command = new ArrayList<String>(List.of(program("matriarch")));
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    processOf(command).redirectOutput(out.toFile()).redirectError(error.toFile());
            builder.environment().putAll(environment);
            Process running = builder.start();
            assertThat(running.waitFor(10, TimeUnit.MINUTES))
                    .as(String.join(" ", arguments))
                    .isTrue();
            var result = new Result(running.exitValue(), Files.readString(out), Files.readString(error));
            Files.delete(out);
            Files.delete(error);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts a command and leaves it running; its output is thrown away. */
    Process begin(String... arguments) {
        var command = new ArrayList<String>(List.of(program("matriarch")));
        command.addAll(List.of(arguments));
        try {
            return processOf(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command at the Karaf prompt, as an operator does who exchanges a bundle. */
    void karaf(String command) {
        openPrompt();
        await("answer to " + command)
                .pollInterval(Duration.ofMillis(500))
                .atMost(PATIENCE)
                .until(() -> {
                    List<String> line = List.of(program("client"), "-a", "" + promptPort, "-u", USER, "-p", USER, "-b");
                    Process client = processOf(line).redirectErrorStream(true).start();
                    try (Writer input = client.outputWriter()) {
                        input.write(command + "\n");
                    }
                    client.getInputStream().transferTo(OutputStream.nullOutputStream());
                    return client.waitFor() == 0;
                });
    }

    /** For a user and on a port that nobody else has: out of the box there is no user, and other containers run here. */
    private void openPrompt() {
        if (promptPort != 0) {
            return;
        }
        try {
            promptPort = FreePort.next();
            Path shell = data.resolve("etc/org.apache.karaf.shell.cfg");
            configure(
                    "org.apache.karaf.shell.cfg",
                    Files.readString(shell).replaceAll("(?m)^sshPort ?=.*$", "sshPort = " + promptPort));
            configure("users.properties", "%s = %s,admin,manager,viewer,systembundles,ssh%n".formatted(USER, USER));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command as a user who logs in. */
    Result runAs(String user, String password, String... arguments) {
        var words = new ArrayList<String>(List.of("--user", user));
        words.addAll(List.of(arguments));
        return run(Map.of("MATRIARCH_PASSWORD", password), words.toArray(String[]::new));
    }

    /** Returns where matriarch-wal-push and matriarch-wal-fetch call. */
    String walUrl() {
        return (certificate == null ? "http://127.0.0.1:" : "https://localhost:") + walPort;
    }

    /** Returns the certificate by which the container is known to who calls there, if it has one. */
    Optional<Path> certificate() {
        return Optional.ofNullable(certificate);
    }

    /** Has the door for WAL speak TLS from now on. */
    void speakTls() {
        Path made = Certificates.make(data, "door");
        certificate = made;
        openWalDoor(
                "wal_url = " + walUrl(), "tls_certificate = " + made, "tls_key = " + made.resolveSibling("door.key"));
    }

    /** Returns the file with the token of a server. */
    Path tokenFile(String name) {
        ok("server:show", name); // which makes it
        return data.resolve("tokens").resolve(name + ".token");
    }

    /** Returns a script of the distribution. */
    static Path script(String name) {
        return installation().resolve("bin").resolve(name);
    }

    /** Asks the container to end, as an operator does, and waits until it has. */
    void stop() {
        Process running = process;
        if (running != null) {
            running.destroy();
            running.onExit().join();
            process = null;
        }
    }

    /** Ends the container as a power cut would. */
    void kill9() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.onExit().join();
            process = null;
        }
    }

    /** Starts the container again on the same data. */
    void startAgain() {
        try {
            launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    /** Returns the process id of the Java VM that runs it. */
    long pid() {
        try {
            return Long.parseLong(Files.readString(data.resolve("karaf.pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the directory of everything that changes. */
    Path data() {
        return data;
    }

    /** Returns the container's log. */
    String log() {
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            var text = new StringBuilder();
            for (Path file : files.sorted().toList()) {
                text.append(Files.readString(file, StandardCharsets.UTF_8));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Process running = process;
        if (running != null) {
            running.destroy();
            try {
                if (!running.waitFor(20, TimeUnit.SECONDS)) {
                    running.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        deleteTree(data);
    }

    private void launch() throws IOException {
        process = processOf(homeMebibytes == 0 ? List.of(program("karaf"), "daemon") : onSmallHome())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(data.toFile(), "console.txt")))
                .start();
    }

    /** A mount namespace of its own, which an ordinary user may have, too, and which leaves no mount behind. */
    private List<String> onSmallHome() throws IOException {
        Path home = Files.createDirectories(data.resolve("matriarch"));
        String script = "mount -t tmpfs -o size=%dm tmpfs \"$1\" && exec \"$2\" daemon".formatted(homeMebibytes);
        boolean root = "root".equals(System.getProperty("user.name"));
        return List.of("unshare", root ? "-m" : "-Urm", "sh", "-c", script, "sh", home.toString(), program("karaf"));
    }

    /** On a port of its own: other containers run on this machine. */
    private void openWalDoor(String... moreLines) {
        configure("org.matriarch.http.cfg", "wal_port = %d%n%s%n".formatted(walPort, String.join("\n", moreLines)));
        await("door for WAL")
                .pollInterval(Duration.ofMillis(200))
                .atMost(PATIENCE)
                .until(() -> log().contains(
                                "the door for WAL is open on 127.0.0.1, port %d: %s".formatted(walPort, walUrl())));
    }

    private void awaitReady() {
        await("start of the container")
                .pollInterval(Duration.ofMillis(500))
                .atMost(PATIENCE)
                .until(() -> run("server:list").exitCode() == 0);
    }

    private ProcessBuilder processOf(List<String> command) {
        var builder = new ProcessBuilder(command).directory(data.toFile());
        builder.environment().put("MATRIARCH_DATA", data.toString());
        builder.environment().put("LC_ALL", "C"); // as cron and systemd start it
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    private static String program(String name) {
        return installation().resolve("bin").resolve(name).toString();
    }

    /** Unpacks the distribution once for all tests of this JVM. */
    private static synchronized Path installation() {
        Path known = installation;
        if (known != null) {
            return known;
        }
        try {
            Path directory = Files.createTempDirectory("matriarch-installation");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(directory)));
            Process tar = new ProcessBuilder(
                            "tar", "-xzf", System.getProperty("matriarch.dist"), "-C", directory.toString())
                    .inheritIO()
                    .start();
            assertThat(tar.waitFor()).as("exit code of tar").isZero();
            try (Stream<Path> content = Files.list(directory)) {
                installation = content.findFirst().orElseThrow();
            }
            return installation;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void deleteTree(Path directory) {
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
