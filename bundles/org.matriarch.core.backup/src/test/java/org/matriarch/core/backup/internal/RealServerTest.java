package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.Backup;
import org.matriarch.api.model.BackupStatus;
import org.matriarch.api.model.Tablespace;
import org.matriarch.api.repository.BackupReader;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.core.postgres.internal.PostgresClient;
import org.matriarch.testkit.event.RecordingEvents;
import org.matriarch.testkit.hook.RecordingHooks;
import org.matriarch.testkit.job.DirectJobs;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.repository.InMemoryRepository;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;
import org.matriarch.transport.streaming.internal.StreamingTransport;

/** Backs real servers up, of the oldest and newest dialects, with the streaming transport. */
final class RealServerTest {

    private final InMemoryRepository repository = new InMemoryRepository("main");
    private final DirectJobs jobs = DirectJobs.inline();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(ints = {13, 15, 18})
    void bringsEveryFileOfTheServer(int major) throws IOException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start()) {
            Path space = Files.createDirectory(server.scratchDirectory().resolve("a space"));
            Files.setOwner(space, Files.getOwner(server.dataDirectory()));
            server.execute("CREATE TABLESPACE fast LOCATION '%s'".formatted(space));
            server.execute("CREATE TABLE quick TABLESPACE fast AS SELECT 1 AS id");
            server.execute("CREATE TABLE fact AS SELECT generate_series(1, 50000) AS id");

            Job job = backups(server).create("main", BackupOptions.CONFIGURED);

            assertThat(job.error()).isEmpty();
            Backup backup = repository.backups().get(0);
            assertThat(backup.status()).isEqualTo(BackupStatus.WAITING_FOR_WALS);
            assertThat(backup.source().version().major()).isEqualTo(major);
            assertThat(backup.size().sizeBytes()).isGreaterThan(1_000_000);
            assertThat(backup.span().endLsn().orElseThrow())
                    .isGreaterThan(backup.span().beginLsn().orElseThrow());
            BackupReader reader = repository.open(backup.id());
            assertThat(reader.entries())
                    .extracting(entry -> entry.path().path())
                    .contains("PG_VERSION", "backup_label", "backup_manifest", "global/pg_control", "pg_wal")
                    .contains(server.query("SELECT pg_relation_filepath('fact')"));
            assertThat(reader.entries())
                    .extracting(entry -> entry.path().manifestPath())
                    .contains(server.query("SELECT pg_relation_filepath('quick')"));
            assertThat(backup.source().tablespaces())
                    .singleElement()
                    .returns("fast", Tablespace::name)
                    .returns(space.toString(), Tablespace::location);
            assertThat(server.query("SELECT pg_current_wal_lsn() > '%s'::pg_lsn"
                            .formatted(backup.span().endLsn().orElseThrow())))
                    .isEqualTo("t");
        }
    }

    private BackupService backups(EmbeddedPostgres server) {
        ServerConfiguration configuration =
                new ServerBuilder("main", directory).at(server).build();
        var plugins = new BackupPlugins(repository);
        plugins.addTransport(new StreamingTransport());
        return new BackupService(
                new FixedServers(configuration),
                jobs,
                new CurrentServices(new BackupServices(
                        plugins,
                        new PostgresClient(),
                        new BackupWal(new Scripted(), new KnownWal()),
                        waiting(),
                        new RecordingEvents(),
                        new RecordingHooks(),
                        Clock.systemUTC(),
                        Pause.SLEEP)));
    }

    private StubCatalog waiting() {
        var catalog = new StubCatalog(repository);
        catalog.checks.clear();
        catalog.checks.add(BackupStatus.WAITING_FOR_WALS);
        return catalog;
    }
}
