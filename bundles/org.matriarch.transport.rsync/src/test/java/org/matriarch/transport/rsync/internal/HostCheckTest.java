package org.matriarch.transport.rsync.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/** The checks of a host, against OpenSSH and rsync themselves. */
class HostCheckTest {

    @TempDir
    private Path directory;

    private Path data;
    private SshServer ssh;

    @BeforeEach
    void start() throws IOException {
        data = Files.createDirectory(directory.resolve("data $(touch x)"));
        Files.writeString(Files.createDirectory(data.resolve("global")).resolve("pg_control"), "control");
        ServerUser.own(data);
        ssh = SshServer.start(directory.resolve("ssh"), RealServerTest.steppingDown());
    }

    @AfterEach
    void stop() {
        ssh.close();
    }

    @Test
    void findsAllWell() throws Exception {
        List<CheckResult> results = check(ssh, data);

        assertThat(results)
                .extracting(CheckResult::name, CheckResult::outcome, CheckResult::hint)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("ssh", Outcome.OK, ""),
                        org.assertj.core.groups.Tuple.tuple("rsync", Outcome.OK, ""),
                        org.assertj.core.groups.Tuple.tuple("data directory readable", Outcome.OK, ""));
        assertThat(results.get(1).detail()).matches("\\d\\S+ here, \\d\\S+ there");
        assertThat(new RsyncTransport().check(new CopyHost(ssh.command(), true), new CopySource(List.of(), List.of())))
                .hasSize(2);
    }

    @Test
    void findsWhatIsWrong() throws Exception {
        Path control = data.resolve("global/pg_control");
        Files.setPosixFilePermissions(control, PosixFilePermissions.fromString("---------"));
        assertThat(check(ssh, data).get(2))
                .isEqualTo(new CheckResult(
                        "data directory readable",
                        Outcome.FAILED,
                        "host '127.0.0.1' does not let us read '%s'".formatted(control),
                        "let 'ssh_command' log in as the user that PostgreSQL runs as."));
        Files.delete(control);
        assertThat(check(ssh, data).get(2).detail())
                .isEqualTo("host '127.0.0.1' has no data directory of PostgreSQL at '%s'".formatted(data));
        assertThat(check(ssh, data.resolve("none")).get(2).detail())
                .isEqualTo("host '127.0.0.1' has no '%s'".formatted(data.resolve("none")));
        try (SshServer chatty = SshServer.start(
                directory.resolve("chatty"), "ForceCommand echo Welcöme; eval \"$SSH_ORIGINAL_COMMAND\"")) {
            assertThat(check(chatty, data))
                    .containsExactly(new CheckResult(
                            "ssh",
                            Outcome.FAILED,
                            "a login on host '127.0.0.1' prints something, which garbles what rsync sends: 'Welcöme'",
                            "see that ~/.bashrc and the like print nothing there without a terminal."));
        }
        try (SshServer bare = SshServer.start(
                directory.resolve("bare"), "ForceCommand env PATH=/nowhere /bin/sh -c \"$SSH_ORIGINAL_COMMAND\"")) {
            assertThat(check(bare, data))
                    .hasSize(2)
                    .last()
                    .extracting(CheckResult::detail)
                    .asString()
                    .startsWith("host '127.0.0.1' has no rsync: ");
        }
        ssh.stop();
        assertThat(check(ssh, data))
                .singleElement()
                .extracting(CheckResult::detail)
                .asString()
                .startsWith("unable to connect to host '127.0.0.1': ");
    }

    private static List<CheckResult> check(SshServer server, Path data) throws InterruptedException {
        return new RsyncTransport()
                .check(
                        new CopyHost(server.command(), false),
                        new CopySource(List.of(new Area(0, data.toString(), 0)), List.of()));
    }
}
