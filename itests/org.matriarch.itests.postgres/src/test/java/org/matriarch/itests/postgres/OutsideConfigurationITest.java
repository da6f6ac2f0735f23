package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;
import org.matriarch.testkit.ssh.SshServer;

/** Servers whose configuration lies outside the data directory, as Debian's packages have it. */
final class OutsideConfigurationITest {

    private static final int MAJOR = 16;

    @TempDir
    private Path directory;

    @Test
    void startsFromTheBackupWithoutAnythingOfTheOriginal() throws IOException {
        try (SshServer ssh = SshServer.start(directory.resolve("ssh"));
                EmbeddedPostgres prepared = EmbeddedPostgres.builder(MAJOR).prepare();
                Container container = Container.start()) {
            Path etc = moveConfiguration(prepared);
            String method = "backup_method = ssh\nssh_command = " + ssh.command();
            Path restored = container.newDirectory("restored");
            String backedUp;
            String restoring;
            try (EmbeddedPostgres server = start(prepared, etc)) {
                assertThat(server.query("SHOW work_mem")).isEqualTo("7MB");
                server.execute("CREATE TABLE fact AS SELECT generate_series(1, 1000) n");
                container.care("main", server, method);

                backedUp = container.ok("backup:create", "main", "--wait").out();
                restoring = container
                        .ok("backup:restore", "main", "latest", restored.toString(), "--target-immediate")
                        .error();

                container.configureServer("main", server, method, "backup_options = exclusive_backup");
                await("refusal")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> container.log().contains("backup_options = 'exclusive_backup'"));
            }

            assertThat(backedUp)
                    .contains("without configuration files outside the data directory: " + etc + "/conf.d/tuned.conf")
                    .doesNotContain("postgresql.conf");
            assertThat(restoring)
                    .contains("WARNING: commented out in postgresql.conf", "data_directory = '", "hba_file = '")
                    .contains("include_dir = 'conf.d'");
            assertThat(container.log()).contains("the last good configuration stays in force");
            try (EmbeddedPostgres again =
                    EmbeddedPostgres.fromDirectory(MAJOR, restored).start()) {
                assertThat(again.query("SHOW data_directory")).isEqualTo(restored.toString());
                assertThat(again.query("SHOW hba_file")).isEqualTo(restored + "/pg_hba.conf");
                assertThat(again.query("SHOW ident_file")).isEqualTo(restored + "/pg_ident.conf");
                assertThat(again.query("SELECT count(*) FROM fact")).isEqualTo("1000");
            }
        }
    }

    @Test
    void saysWhatAStreamedBackupDoesNotHold() throws IOException {
        try (EmbeddedPostgres prepared = EmbeddedPostgres.builder(MAJOR).prepare();
                Container container = Container.start()) {
            Path etc = moveConfiguration(prepared);
            try (EmbeddedPostgres server = start(prepared, etc)) {
                container.care("main", server);
                String first = container.ok("backup:create", "main", "--wait").out();
                container.configureServer("main", server, "backup_options = concurrent_backup, external_configuration");
                await("the new configuration")
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> container.ok("server:show", "main").out().contains("external_configuration"));
                container.awaitStreaming("main");

                String second = container.ok("backup:create", "main", "--wait").out();
                Path restored = container.newDirectory("restored");
                String restoring = container
                        .ok("backup:restore", "main", "latest", restored.toString())
                        .error();

                assertThat(first)
                        .contains("without configuration files outside the data directory: "
                                + "%s/postgresql.conf, %s/pg_hba.conf, %s/pg_ident.conf, %s/conf.d/tuned.conf"
                                        .formatted(etc, etc, etc, etc));
                assertThat(second).doesNotContain("without");
                assertThat(restoring).contains("the backup holds no postgresql.conf");
            }
        }
    }

    private static EmbeddedPostgres start(EmbeddedPostgres prepared, Path etc) {
        return EmbeddedPostgres.fromDirectory(MAJOR, prepared.dataDirectory())
                .setting("config_file", etc.resolve("postgresql.conf").toString())
                .start();
    }

    private static Path moveConfiguration(EmbeddedPostgres prepared) throws IOException {
        Path data = prepared.dataDirectory();
        Path etc = Files.createDirectory(prepared.scratchDirectory().resolve("etc"));
        for (String name : new String[] {"postgresql.conf", "pg_hba.conf", "pg_ident.conf"}) {
            Files.move(data.resolve(name), etc.resolve(name));
        }
        Files.writeString(etc.resolve("postgresql.conf"), """

                data_directory = '%s'\t\t# use data in another directory
                hba_file = '%s/pg_hba.conf'
                ident_file = '%s/pg_ident.conf'
                include_dir = 'conf.d'
                """.formatted(data, etc, etc), StandardOpenOption.APPEND);
        Files.createDirectory(etc.resolve("conf.d"));
        Files.writeString(etc.resolve("conf.d/tuned.conf"), "work_mem = '7MB'\n");
        ServerUser.own(etc);
        return etc;
    }
}
