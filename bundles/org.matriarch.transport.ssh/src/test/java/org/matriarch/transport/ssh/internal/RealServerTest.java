package org.matriarch.transport.ssh.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.spi.transport.BackupTransport;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;
import org.matriarch.testkit.transport.BackupTransportContract;
import org.matriarch.testkit.transport.CopyingRequest;
import org.matriarch.testkit.transport.RecordingReceiver;

/** The transport against PostgreSQL and OpenSSH themselves. */
class RealServerTest extends BackupTransportContract {

    @TempDir
    private Path directory;

    private SshServer ssh;

    @BeforeEach
    void startSsh() {
        ssh = SshServer.start(directory.resolve("ssh"));
    }

    @AfterEach
    void stopSsh() {
        ssh.close();
    }

    @Override
    protected BackupTransport transport() {
        return new SshTransport();
    }

    @Override
    protected TransferRequest request(EmbeddedPostgres server, BaseBackupOptions options, TransferReceiver receiver) {
        return new CopyingRequest(server, ssh.command(), 2, options, receiver);
    }

    @Test
    void copiesNamesThatMeanSomethingElsewhere() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Path top = Path.of(server.query("SHOW data_directory"));
            List<String> names =
                    List.of("a b", "it's", "\"x\"", "$(touch owned)", "a*", "a?b[c]", "back\\slash", "ä", "-n");
            for (String name : names) {
                Files.writeString(
                        Files.createDirectory(top.resolve("dir " + name)).resolve(name), name);
            }
            ServerUser.own(top);
            var receiver = new RecordingReceiver();

            transport().transfer(request(server, new BaseBackupOptions("names", true, 0), receiver), receiver);

            for (String name : names) {
                assertThat(receiver.files())
                        .hasEntrySatisfying(
                                BackupPath.ofData("dir %s/%s".formatted(name, name)),
                                content -> assertThat(content).asString().isEqualTo(name));
            }
            assertThat(top.resolve("owned")).doesNotExist();
        }
    }

    @Test
    void saysWhatKeepsItOut() throws IOException {
        ssh.makeKey("stranger");
        ssh.makeKey("other");
        String foreign = Files.readString(directory.resolve("ssh/other.pub"));
        Files.writeString(directory.resolve("ssh/changed"), "[127.0.0.1]:%d %s".formatted(ssh.port(), foreign));

        assertRefused(ssh.command("stranger", "known_hosts"), "MATR-7009: host '127.0.0.1' does not let us in");
        assertRefused(ssh.command("key", "nothing"), "MATR-7009", "its key is not known here");
        assertRefused(ssh.command("key", "changed"), "MATR-7009", "its key is not the one that is known here");
        assertRefused(ssh.command("missing", "known_hosts"), "MATR-7009: unable to use the key");
        assertRefused(
                "ssh -J gate postgres@pg", "MATR-1001: unable to read ssh_command", "option '-J' is not supported");
        assertRefused("ssh -p many postgres@pg", "MATR-1001", "'many' is no value of option 'port'");
        assertRefused("ssh -o Tunnel=yes postgres@pg", "MATR-1001", "option 'tunnel' is not supported");
        assertRefused("rm -rf /", "MATR-1001", "it does not begin with 'ssh'");
        ssh.stop();
        assertRefused(ssh.command(), "MATR-7008: unable to connect to host '127.0.0.1'", "Connection refused");
    }

    @Test
    void checksTheHost() throws Exception {
        Path data = Files.createDirectory(directory.resolve("data *"));
        var source = new CopySource(List.of(new Area(0, data.toString(), 0)), List.of());

        assertThat(check(source))
                .containsExactly(
                        new CheckResult("ssh", Outcome.OK, "127.0.0.1", ""),
                        new CheckResult(
                                "data directory readable",
                                Outcome.FAILED,
                                "host '127.0.0.1' has no '%s/global/pg_control'".formatted(data),
                                "see whether 'ssh_command' and 'conninfo' lead to the same host."));
        Files.createFile(Files.createDirectory(data.resolve("global")).resolve("pg_control"));
        assertThat(check(source).get(1).detail())
                .isEqualTo("host '127.0.0.1' has no data directory of PostgreSQL at '%s'".formatted(data));
        Files.writeString(data.resolve("global/pg_control"), "control");
        assertThat(check(source))
                .last()
                .isEqualTo(new CheckResult("data directory readable", Outcome.OK, data.toString(), ""));
        assertThat(check(new CopySource(List.of(), List.of()))).hasSize(1);
        ssh.stop();
        assertThat(check(source).get(0).detail()).startsWith("unable to connect to host '127.0.0.1'");
    }

    private List<CheckResult> check(CopySource source) {
        return new SshTransport().check(new CopyHost(ssh.command(), false), source);
    }

    private void assertRefused(String command, String... words) {
        var receiver = new RecordingReceiver();
        var request = new CopyingRequest(null, command, 1, new BaseBackupOptions("refused", true, 0), receiver);

        assertThatThrownBy(() -> transport().transfer(request, receiver))
                .cause()
                .isInstanceOfSatisfying(
                        MatriarchException.class,
                        e -> assertThat(e.getMessage()).contains(words));
    }
}
