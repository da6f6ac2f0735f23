package org.matriarch.core.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.model.Lsn;
import org.matriarch.api.model.WalFileName;
import org.matriarch.api.postgres.BaseBackupEnd;
import org.matriarch.api.postgres.BaseBackupOptions;
import org.matriarch.api.postgres.ReplicationConnection;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamEnd;
import org.matriarch.api.postgres.ReplicationConnection.WalStreamRequest;
import org.matriarch.api.postgres.ServerFacts;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** Proves on each supported major version that backups, WAL streaming and questions work, and that a backup starts. */
@Timeout(180)
final class EveryVersionTest {

    private static final long SEGMENT_BYTES = 16 << 20;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {13, 14, 15, 16, 17, 18})
    void backsUpAndStreamsUntilTheBackupStarts(int major) throws Exception {
        try (EmbeddedPostgres server =
                EmbeddedPostgres.builder(major).setting("wal_level", "replica").start()) {
            Path tablespace = Files.createDirectory(server.scratchDirectory().resolve("a space"));
            ServerUser.own(tablespace);
            server.execute("CREATE TABLESPACE elsewhere LOCATION '%s'".formatted(tablespace));
            server.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id");
            server.execute("CREATE TABLE far (id int) TABLESPACE elsewhere");
            server.execute("DROP TABLE far");
            server.execute("CREATE TABLE far (id int)");
            ServerConfiguration configuration = Configurations.of(server.conninfo());
            PostgresClient client = new PostgresClient(Configurations.nobody());

            CollectedBackup backup = new CollectedBackup();
            BaseBackupEnd end;
            long segment;
            try (ReplicationConnection connection = client.openReplication(configuration, "test")) {
                assertThat(connection.version().major()).isEqualTo(major);
                assertThat(connection.identify().timeline()).isEqualTo(1);
                segment = connection.segmentSizeBytes();
                end = connection.baseBackup(new BaseBackupOptions("it's a test", true, 0), backup);
                assertThat(connection.identify().systemId()).isNotEmpty();
            }

            assertThat(backup.calls).containsExactly("started", "tablespace", "end", "base", "end", "manifest");
            assertThat(backup.start.estimatedBytes()).isGreaterThan(1 << 20);
            assertThat(backup.start.tablespaces())
                    .singleElement()
                    .satisfies(area -> assertThat(area.location()).isEqualTo(tablespace.toString()));
            assertThat(backup.endsAsTar()).isTrue();
            assertThat(backup.manifest).contains("\"PostgreSQL-Backup-Manifest-Version\"", "CRC32C");
            assertThat(segment).isEqualTo(SEGMENT_BYTES);
            List<String> names = backup.unpack(directory);
            assertThat(names).contains("tablespace_map", "backup_label", "PG_VERSION");
            Files.delete(directory.resolve("tablespace_map")); // the tablespace is empty, and its place is taken

            restoreAndAsk(server, client, configuration, backup.start.startLsn(), end);
        }
    }

    private void restoreAndAsk(
            EmbeddedPostgres server,
            PostgresClient client,
            ServerConfiguration configuration,
            Lsn backupStart,
            BaseBackupEnd end)
            throws Exception {
        Lsn start = backupStart.segmentStart(SEGMENT_BYTES);
        CollectedWal wal = new CollectedWal(start);
        server.execute("INSERT INTO kept SELECT generate_series(1001, 2000)");
        Lsn target = Lsn.parse(server.query("SELECT pg_current_wal_flush_lsn()"));
        wal.stopAt = target;
        try (ReplicationConnection connection = client.openReplication(configuration, "test")) {
            assertThat(connection.createPhysicalSlot("matriarch")).isTrue();
            assertThat(connection.createPhysicalSlot("matriarch")).isFalse();
            WalStreamEnd streamed =
                    connection.streamWal(new WalStreamRequest(Optional.of("matriarch"), start, end.timeline()), wal);
            assertThat(streamed).isEqualTo(new WalStreamEnd(Optional.empty(), Optional.empty()));
            assertThat(wal.written).isGreaterThanOrEqualTo(end.endLsn());
            await("the slot to be free")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> server.query("SELECT active FROM pg_replication_slots")
                            .equals("f"));
            connection.dropSlot("matriarch");
        }
        writeSegments(wal, end.timeline(), start);
        facts(server, client.facts(configuration));
        server.stop();
        try (EmbeddedPostgres restored =
                EmbeddedPostgres.fromDirectory(server.major(), directory).start()) {
            assertThat(restored.query("SELECT count(*) FROM kept")).isEqualTo("2000");
        }
    }

    private void writeSegments(CollectedWal wal, int timeline, Lsn start) throws Exception {
        byte[] bytes = wal.bytes.toByteArray();
        Path target = Files.createDirectories(directory.resolve("pg_wal"));
        for (int at = 0; at < bytes.length; at += (int) SEGMENT_BYTES) {
            byte[] segment = new byte[(int) SEGMENT_BYTES];
            System.arraycopy(bytes, at, segment, 0, Math.min(segment.length, bytes.length - at));
            WalFileName name = WalFileName.ofSegment(timeline, start.plus(at), SEGMENT_BYTES);
            Files.write(target.resolve(name.value()), segment);
        }
    }

    private static void facts(EmbeddedPostgres server, ServerFacts facts) {
        assertThat(facts.version().major()).isEqualTo(server.major());
        assertThat(facts.systemId()).isEqualTo(server.query("SELECT system_identifier FROM pg_control_system()"));
        assertThat(facts.timeline()).isEqualTo(1);
        assertThat(facts.segmentSizeBytes()).isEqualTo(SEGMENT_BYTES);
        assertThat(facts.inRecovery()).isFalse();
        assertThat(facts.currentLsn()).isPresent();
        assertThat(facts.databaseSizeBytes()).isGreaterThan(1 << 20);
        assertThat(facts.superuser()).isTrue();
        assertThat(facts.backupPrivileges()).isTrue();
        assertThat(facts.monitoringPrivileges()).isTrue();
        assertThat(facts.tablespaces())
                .singleElement()
                .satisfies(t -> assertThat(t.name()).isEqualTo("elsewhere"));
        assertThat(facts.settings())
                .containsEntry("wal_level", "replica")
                .containsKeys("max_wal_senders", "data_directory", "hba_file", "archive_mode");
    }
}
