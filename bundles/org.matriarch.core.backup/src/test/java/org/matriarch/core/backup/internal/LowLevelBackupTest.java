package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.MatriarchException;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.BaseBackupStart;
import org.matriarch.api.repository.BackupPath;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.CopySettings;
import org.matriarch.core.postgres.internal.PostgresClient;
import org.matriarch.spi.transport.CopyHost;
import org.matriarch.spi.transport.CopySource;
import org.matriarch.spi.transport.CopySource.Area;
import org.matriarch.spi.transport.OpenBackup;
import org.matriarch.spi.transport.TransferEnd;
import org.matriarch.spi.transport.TransportException;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.testkit.transport.RecordingReceiver;

/** Backups of the low-level API on real servers. */
final class LowLevelBackupTest {

    private static final CopySettings COPY =
            new CopySettings(Optional.of("ssh postgres@pg"), ReuseMode.OFF, true, Map.of("fast", 500), false);

    private final RecordingReceiver receiver = new RecordingReceiver();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 18})
    void lastsFromBeginToEnd(int major) throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start()) {
            Path space = Files.createDirectory(server.scratchDirectory().resolve("a space"));
            ServerUser.own(space);
            server.execute("CREATE TABLESPACE fast LOCATION '%s'".formatted(space));
            LentConnection request = request(configuration(server, COPY), 900);

            TransferEnd end;
            CopySource source;
            try (OpenBackup backup = request.openBackup()) {
                source = backup.source();
                end = backup.finish();
            }

            assertThat(request.host()).isEqualTo(new CopyHost("ssh postgres@pg", true));
            BaseBackupStart start = receiver.start().orElseThrow();
            long oid = start.tablespaces().get(0).oid();
            assertThat(source.areas())
                    .containsExactly(
                            new Area(0, server.query("SHOW data_directory"), 900),
                            new Area(oid, space.toString(), 500));
            assertThat(source.configurationFiles()).isEmpty();
            assertThat(end.endLsn()).isGreaterThan(start.startLsn());
            assertThat(end.timeline()).isEqualTo(1);
            assertThat(receiver.files().get(BackupPath.ofData("backup_label")))
                    .asString()
                    .contains("LABEL: by hand", "START WAL LOCATION: " + start.startLsn());
            assertThat(receiver.faults()).isEmpty();
        }
    }

    @Test
    void namesConfigurationThatLiesElsewhere() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17).start()) {
            ServerConfiguration configuration = configuration(server, COPY);
            var facts = new PostgresClient().facts(configuration);
            var settings = new java.util.HashMap<>(facts.settings());
            settings.put("hba_file", "/etc/postgresql/pg_hba.conf");
            var origin = new CopyOrigin(configuration, Facts.with(facts, settings), 0);

            assertThat(origin.source(List.of()).configurationFiles()).containsExactly("/etc/postgresql/pg_hba.conf");
            settings.remove("data_directory");
            assertThatThrownBy(() -> new CopyOrigin(configuration, Facts.with(facts, settings), 0))
                    .isInstanceOf(MatriarchException.class)
                    .hasMessageContaining("MATR-7003")
                    .hasMessageContaining("GRANT pg_read_all_settings");
        }
    }

    @Test
    void saysThatNobodyToldHowToReachTheHost() {
        ServerConfiguration configuration = new ServerBuilder("main", directory).build();
        var request = new LentConnection(
                new Scripted(),
                configuration,
                new Scripted().facts(configuration),
                new BaseBackupOptions("by hand", true, 0),
                1,
                receiver,
                Clock.systemUTC());

        assertThatThrownBy(request::host)
                .cause()
                .hasMessageContaining("MATR-1001")
                .hasMessageContaining("ssh_command");
        assertThatThrownBy(request::openBackup)
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.retryable()).isTrue())
                .cause()
                .hasMessageContaining("MATR-7001");
    }

    @Test
    void passesOnWhatTheServerRefuses() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17).start()) {
            server.execute("CREATE ROLE weak LOGIN; GRANT pg_read_all_settings TO weak");
            server.execute("REVOKE EXECUTE ON FUNCTION pg_backup_start(text, boolean) FROM PUBLIC");
            ServerConfiguration configuration = new ServerBuilder("main", directory)
                    .conninfo(server.conninfo().replaceFirst("user=\\S+", "user=weak"))
                    .copy(COPY)
                    .build();

            assertThatThrownBy(() -> request(configuration, 0).openBackup())
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.retryable()).isFalse())
                    .hasMessageContaining("the server does not begin the backup: permission denied for function");
        }
    }

    @Test
    void noticesThatItsSessionIsGone() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17).start();
                OpenBackup backup = request(configuration(server, COPY), 0).openBackup()) {
            server.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");

            assertThatThrownBy(backup::finish)
                    .isInstanceOfSatisfying(
                            TransportException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("the server does not end the backup");
        }
    }

    @Test
    void canBeInterruptedWhileTheServerWritesItsCheckpoint() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(17)
                .setting("checkpoint_timeout", "1h")
                .setting("checkpoint_completion_target", "0.9")
                .start()) {
            server.execute("CREATE TABLE dirty AS SELECT n, repeat('x', 500) FROM generate_series(1, 50000) n");
            LentConnection request = new LentConnection(
                    new PostgresClient(),
                    configuration(server, COPY),
                    new PostgresClient().facts(configuration(server, COPY)),
                    new BaseBackupOptions("by hand", false, 0),
                    1,
                    receiver,
                    Clock.systemUTC());
            var thrown = new AtomicReference<Exception>();
            var thread = new Thread(() -> {
                try {
                    request.openBackup().close();
                } catch (TransportException | InterruptedException e) {
                    thrown.set(e);
                }
            });
            thread.start();
            String waiting =
                    "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_backup_start%'";
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> server.query(waiting).equals("1"));

            thread.interrupt();
            thread.join();

            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> server.query(waiting).equals("0"));
        }
    }

    private ServerConfiguration configuration(EmbeddedPostgres server, CopySettings copy) {
        return new ServerBuilder("main", directory).at(server).copy(copy).build();
    }

    private LentConnection request(ServerConfiguration configuration, int maxRateKib) {
        return new LentConnection(
                new PostgresClient(),
                configuration,
                new PostgresClient().facts(configuration),
                new BaseBackupOptions("by hand", true, maxRateKib),
                1,
                receiver,
                Clock.systemUTC());
    }
}
