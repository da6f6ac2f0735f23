package org.matriarch.transport.ssh.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.HostFile;
import org.matriarch.spi.transport.HostFiles;
import org.matriarch.testkit.ssh.SshServer;

/** What a user has for ssh, a configuration file, known hosts and an agent, against OpenSSH's own server and agent. */
@Timeout(120)
final class UserSettingsTest {

    @TempDir
    private static Path shared;

    @SuppressWarnings("NullAway.Init")
    private static SshServer ssh;

    @TempDir
    private Path directory;

    private Path home;
    private Path listed;

    @BeforeAll
    static void startSsh() {
        ssh = SshServer.start(shared.resolve("ssh"));
    }

    @AfterAll
    static void stopSsh() {
        ssh.close();
    }

    @BeforeEach
    void setUp() throws IOException {
        home = Files.createDirectories(directory.resolve("home/.ssh")).getParent();
        listed = Files.createFile(
                Files.createDirectory(directory.resolve("listed")).resolve("file"));
    }

    @Test
    void reachesAHostByTheNameThatAFileGivesIt() throws IOException {
        Path file = Files.writeString(
                directory.resolve("config"), """
                Host nowhere
                  HostName 192.0.2.1

                Host pg other
                  %s
                  Port %d
                  IdentityFile %s
                  UserKnownHostsFile %s
                """.formatted(destination(), ssh.port(), key(), knownHosts()));

        assertThat(list("ssh -F '%s' pg".formatted(file))).containsExactly(listed);
    }

    @Test
    void followsTheCommandWhereTheFileSaysOtherwise() throws IOException {
        ssh.makeKey("stranger");
        Path file = Files.writeString(directory.resolve("config"), """
                Host pg
                  %s
                  Port 1
                  IdentityFile %s
                  UserKnownHostsFile %s
                """.formatted(
                        destination(), shared.resolve("ssh/stranger"), directory.resolve("none")));

        assertThat(list("ssh -F '%s' -p %d -i '%s' -o 'UserKnownHostsFile=%s' pg"
                        .formatted(file, ssh.port(), key(), knownHosts())))
                .containsExactly(listed);
    }

    /** What a file says counts: with another key or other known hosts the same host is closed. */
    @Test
    void staysOutIfTheFileNamesNothingThatOpens() throws IOException {
        ssh.makeKey("unknown");
        Path file = Files.writeString(directory.resolve("config"), """
                Host *
                  %s
                  Port %d
                Host stranger
                  IdentityFile %s
                  UserKnownHostsFile %s
                Host unknown
                  IdentityFile %s
                  UserKnownHostsFile %s
                """.formatted(
                        destination(),
                        ssh.port(),
                        shared.resolve("ssh/unknown"),
                        knownHosts(),
                        key(),
                        directory.resolve("none")));

        assertThatThrownBy(() -> list("ssh -F '%s' stranger".formatted(file)))
                .cause()
                .hasMessageStartingWith("MATR-7009: host 'stranger' does not let us in");
        assertThatThrownBy(() -> list("ssh -F '%s' unknown".formatted(file)))
                .cause()
                .hasMessageContaining("host 'unknown': its key is not known here");
        assertThatThrownBy(() -> list("ssh -F '%s' pg".formatted(directory.resolve("missing"))))
                .cause()
                .hasMessageStartingWith("MATR-7009: unable to read");
    }

    @Test
    void takesTheFilesOfTheUser() throws Exception {
        writeHome("IdentityFile " + key());

        assertThat(listInProcess(Map.of())).endsWith("\n" + listed + "\n");
    }

    @Test
    void takesAKeyThatOnlyAnAgentHolds() throws Exception {
        writeHome("");
        Path socket = directory.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            await("socket of the agent").until(() -> Files.exists(socket));
            Map<String, String> environment = Map.of("SSH_AUTH_SOCK", socket.toString());
            assertThat(listInProcess(environment)).contains("MATR-7009: host 'pg' does not let us in");

            assertThat(run(environment, "ssh-add", "-q", key().toString())).isBlank();

            assertThat(listInProcess(environment)).endsWith("\n" + listed + "\n");
        } finally {
            agent.destroy();
            agent.onExit().join();
        }
        assertThat(listInProcess(Map.of("SSH_AUTH_SOCK", socket.toString())))
                .contains("MATR-7009: host 'pg' does not let us in");
    }

    private List<Path> list(String command) throws IOException {
        try (HostFiles files = new SshRestoreTransport().open(new CopyHost(command, false), 1)) {
            return files.list(listed.getParent()).stream().map(HostFile::path).toList();
        }
    }

    private void writeHome(String identity) throws IOException {
        Files.copy(knownHosts(), home.resolve(".ssh/known_hosts"));
        Files.writeString(home.resolve(".ssh/config"), """
                Host pg
                  %s
                  Port %d
                  %s
                """.formatted(destination(), ssh.port(), identity));
    }

    private String listInProcess(Map<String, String> environment) throws IOException {
        return run(
                environment,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Duser.home=" + home,
                "-cp",
                System.getProperty("java.class.path"),
                ListingProcess.class.getName(),
                "ssh pg",
                String.valueOf(listed.getParent()));
    }

    /** Returns what a program says, wherever it does, as lines of which the first is empty. */
    private static String run(Map<String, String> environment, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("SSH_AUTH_SOCK");
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.onExit().join();
        return "\n" + said;
    }

    private static String destination() {
        return "HostName 127.0.0.1%n  User %s".formatted(System.getProperty("user.name"));
    }

    private static Path key() {
        return shared.resolve("ssh/key");
    }

    private static Path knownHosts() {
        return shared.resolve("ssh/known_hosts");
    }
}
