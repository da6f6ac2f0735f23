package org.matriarch.testkit.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.matriarch.testkit.network.FreePort;
import org.matriarch.testkit.postgres.ServerUser;

/**
 * OpenSSH's server on loopback, for the user that runs the test, with keys of its own in a temporary directory.
 *
 * <p>Nothing of the machine's SSH is touched: {@link #command} names the key, the known hosts and no configuration file.
 */
public final class SshServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final List<String> settings;
    private final String fileServer;
    private @Nullable Process process;

    private SshServer(Path directory, int port, List<String> settings, String fileServer) {
        this.directory = directory;
        this.port = port;
        this.settings = List.copyOf(settings);
        this.fileServer = fileServer;
    }

    /**
     * Starts a server.
     *
     * @param directory a temporary one, which it gets for itself
     * @param settings further lines of sshd_config
     */
    public static SshServer start(Path directory, String... settings) {
        return start(directory, "internal-sftp", List.of(settings));
    }

    /** Starts a server that gives out those files that the user of PostgreSQL servers may read, and no others. */
    public static SshServer startForServers(Path directory) {
        String program = program("sftp-server", ":/usr/lib/openssh:/usr/libexec/openssh:/usr/lib/ssh:/usr/libexec");
        return start(directory, String.join(" ", ServerUser.command(List.of(program))), List.of());
    }

    private static SshServer start(Path directory, String fileServer, List<String> settings) {
        try {
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            var server = new SshServer(directory, FreePort.next(), settings, fileServer);
            server.makeKey("host");
            server.makeKey("key");
            Files.copy(directory.resolve("key.pub"), directory.resolve("authorized_keys"));
            server.writeConfiguration();
            server.trustHost();
            server.run();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns an {@code ssh_command} that leads here. */
    public String command() {
        return command("key", "known_hosts");
    }

    /** Returns the same with another key or other known hosts, files in the directory of the server. */
    public String command(String key, String knownHosts) {
        return "ssh -F none -p %d -i '%s' -o IdentitiesOnly=yes -o BatchMode=yes -o 'UserKnownHostsFile=%s' %s@127.0.0.1"
                .formatted(
                        port, directory.resolve(key), directory.resolve(knownHosts), System.getProperty("user.name"));
    }

    /** Makes a key pair in the directory of the server that it does not know. */
    public void makeKey(String name) throws IOException {
        run(List.of(
                "ssh-keygen",
                "-q",
                "-t",
                "ed25519",
                "-N",
                "",
                "-f",
                directory.resolve(name).toString()));
    }

    /** Returns the port it listens at. */
    public int port() {
        return port;
    }

    /** Cuts all connections at once, as a network that fails; new ones are taken. */
    public void cutConnections() {
        process().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /** Takes no more connections, and cuts those there are. */
    public void stop() {
        List<ProcessHandle> sessions = process().descendants().toList(); // nobody's descendants once it has ended
        process().destroy();
        sessions.forEach(ProcessHandle::destroyForcibly);
        cutConnections();
        try {
            process().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens again after {@link #stop}. */
    public void run() throws IOException {
        process = new ProcessBuilder(
                        program("sshd", ":/usr/local/sbin:/usr/sbin"),
                        "-D",
                        "-e",
                        "-f",
                        directory.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start();
        await("sshd").atMost(PATIENCE).ignoreExceptions().until(this::listens);
    }

    @Override
    public void close() {
        stop();
    }

    private Process process() {
        return requireNonNull(process, "it was started");
    }

    private boolean listens() throws IOException {
        if (!process().isAlive()) {
            throw new AssertionError("sshd has ended: " + Files.readString(directory.resolve("log")));
        }
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        }
    }

    private void writeConfiguration() throws IOException {
        Files.writeString(directory.resolve("sshd_config"), """
                ListenAddress 127.0.0.1:%d
                HostKey %s
                AuthorizedKeysFile %s
                PidFile none
                StrictModes no
                UsePAM no
                PasswordAuthentication no
                PermitRootLogin prohibit-password
                MaxStartups 100
                Subsystem sftp %s
                SetEnv HOME=%s
                %s
                """.formatted(
                        port,
                        directory.resolve("host"),
                        directory.resolve("authorized_keys"),
                        fileServer,
                        directory, // whatever the shell of the user does at a login is none of the tests' business
                        String.join("\n", settings)));
        if (System.getProperty("user.name").equals("root")) {
            run(List.of("mkdir", "-p", "/run/sshd")); // Debian's sshd insists on it when root starts it
        }
    }

    private void trustHost() throws IOException {
        String key = Files.readString(directory.resolve("host.pub"));
        Files.writeString(directory.resolve("known_hosts"), "[127.0.0.1]:%d %s".formatted(port, key));
    }

    /** Its own path has to be absolute, since it starts itself anew for each connection. */
    private static String program(String name, String morePlaces) {
        for (String directory : (System.getenv("PATH") + morePlaces).split(":", -1)) {
            Path program = Path.of(directory, name);
            if (Files.isExecutable(program)) {
                return program.toString();
            }
        }
        throw new IllegalStateException("%s is not installed".formatted(name));
    }

    private static void run(List<String> command) throws IOException {
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(program.getInputStream().readAllBytes(), UTF_8);
        try {
            if (!program.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || program.exitValue() != 0) {
                throw new IOException("%s failed: %s".formatted(command, text));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
