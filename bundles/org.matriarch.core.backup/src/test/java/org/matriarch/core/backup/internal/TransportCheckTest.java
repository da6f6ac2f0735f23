package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.server.CheckResult;
import org.matriarch.api.server.CheckResult.Outcome;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.CopySettings;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.CopyingTransport;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransferReceiver;
import org.matriarch.spi.transport.TransferRequest;
import org.matriarch.spi.transport.TransportException;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.ServerBuilder;

/** What is checked of the transport that a server's backups come by. */
final class TransportCheckTest {

    private static final CheckResult GOOD = new CheckResult("ssh", Outcome.OK, "pg", "");

    private final BackupPlugins plugins = new BackupPlugins(new InMemoryRepository("main"));
    private final Scripted postgres = new Scripted();
    private final TransportCheck check = new TransportCheck(plugins, postgres);
    private final List<CopySource> sources = new ArrayList<>();

    @Test
    void asksATransportThatCopies() throws Exception {
        plugins.addTransport(new Copying());

        assertThat(check.check(server(Optional.of("ssh postgres@pg")))).containsExactly(GOOD);
        assertThat(sources)
                .containsExactly(
                        new CopySource(List.of(new Area(0, "/data", 0), new Area(16385, "/fast", 0)), List.of()));
    }

    @Test
    void checksTheHostAloneWhileNobodyTellsWhereTheFilesAre() throws Exception {
        plugins.addTransport(new Copying());
        postgres.settings = Map.of();

        assertThat(check.check(server(Optional.of("ssh postgres@pg")))).containsExactly(GOOD);
        assertThat(sources).containsExactly(new CopySource(List.of(), List.of()));
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThat(check.check(server(Optional.empty())))
                .containsExactly(new CheckResult(
                        "backup_method",
                        Outcome.FAILED,
                        "unable to back up server 'main': transport 'streaming' is not installed",
                        "install it with 'feature:install matriarch-transport-streaming', or change 'backup_method'."));
        plugins.addTransport(new Copying());
        assertThat(check.check(server(Optional.empty())))
                .containsExactly(new CheckResult(
                        "ssh",
                        Outcome.FAILED,
                        "unable to back up server 'main': backup_method 'streaming' needs 'ssh_command'",
                        "set 'ssh_command = ssh postgres@HOST' in etc/org.matriarch.server-main.cfg."));
    }

    @Test
    void hasNothingToSayOfOthers() throws Exception {
        plugins.addTransport(new FakeTransport());

        assertThat(check.check(server(Optional.empty()))).isEmpty();
    }

    private static ServerConfiguration server(Optional<String> sshCommand) {
        return new ServerBuilder("main", Path.of("/srv/matriarch"))
                .copy(new CopySettings(sshCommand, ReuseMode.OFF, false, Map.of(), false))
                .build();
    }

    /** Says that all is well, and remembers what it was asked. */
    private final class Copying implements CopyingTransport {

        @Override
        public String id() {
            return "streaming";
        }

        @Override
        public List<CheckResult> check(CopyHost host, CopySource source) {
            sources.add(source);
            return List.of(GOOD);
        }

        @Override
        public TransferEnd transfer(TransferRequest request, TransferReceiver receiver) throws TransportException {
            throw new TransportException("not here", false, null);
        }
    }
}
