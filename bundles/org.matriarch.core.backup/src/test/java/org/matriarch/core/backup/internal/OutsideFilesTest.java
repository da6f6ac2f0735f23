package org.matriarch.core.backup.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.api.backup.BackupOptions;
import org.matriarch.api.job.Job;
import org.matriarch.api.model.ReuseMode;
import org.matriarch.api.server.ServerConfiguration;
import org.matriarch.api.server.ServerConfiguration.CopySettings;
import org.matriarch.core.postgres.internal.PostgresClient;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.server.FixedServers;
import org.matriarch.testkit.server.ServerBuilder;

/** Which configuration files a backup does not hold, and who is told. */
final class OutsideFilesTest extends BackupScene {

    @TempDir
    private Path directory;

    @Test
    void knowsWhatIsIncluded() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            Path included =
                    Files.writeString(server.scratchDirectory().resolve("it's more.conf"), "work_mem = '5MB'\n");
            ServerUser.own(included);
            Files.writeString(
                    server.dataDirectory().resolve("postgresql.conf"),
                    "include '%s'\n".formatted(included.toString().replace("'", "''")),
                    StandardOpenOption.APPEND);
            server.execute("SELECT pg_reload_conf()");
            await().until(() -> server.query("SHOW work_mem").equals("5MB"));
            ServerConfiguration configuration =
                    new ServerBuilder("main", directory).at(server).build();
            var client = new PostgresClient();
            var facts = client.facts(configuration);
            var settings = new HashMap<>(facts.settings());
            settings.put("hba_file", "/etc/postgresql/pg_hba.conf");
            var files = new OutsideFiles(Facts.with(facts, settings));

            assertThat(files.named()).containsExactly("/etc/postgresql/pg_hba.conf");
            assertThat(files.leftOut(configuration, client, true)).containsExactly(included.toString());
            assertThat(files.leftOut(configuration, client, false))
                    .containsExactly("/etc/postgresql/pg_hba.conf", included.toString());
            assertThat(files.leftOut(configuration, postgres, false))
                    .as("if the server does not say")
                    .containsExactly("/etc/postgresql/pg_hba.conf");
        }
    }

    @Test
    void tellsWhoTookTheBackup() {
        postgres.settings = Map.of(
                "wal_level",
                "replica",
                "data_directory",
                "/data",
                "config_file",
                "/data/postgresql.conf",
                "hba_file",
                "/etc/pg_hba.conf");

        Job job = backups.create("main", BackupOptions.CONFIGURED);

        assertThat(job.progress().step())
                .isEqualTo("without configuration files outside the data directory: /etc/pg_hba.conf");
    }

    @Test
    void tellsNobodyWhoKnows() {
        postgres.settings = Map.of("wal_level", "replica", "data_directory", "/data", "hba_file", "/etc/pg_hba.conf");
        var servers = new FixedServers(new ServerBuilder("main", Path.of("/srv/matriarch"))
                .copy(new CopySettings(Optional.empty(), ReuseMode.OFF, false, Map.of(), true))
                .build());

        Job job = new BackupService(servers, jobs, services).create("main", BackupOptions.CONFIGURED);

        assertThat(job.progress().step()).isEmpty();
    }
}
