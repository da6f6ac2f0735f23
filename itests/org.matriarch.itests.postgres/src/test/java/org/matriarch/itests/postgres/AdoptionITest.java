package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** Somebody comes from Barman: his configuration is imported, and what two of its versions left is verified and restored. */
final class AdoptionITest {

    private static final int MAJOR = 16;
    private static final String ROWS = "SELECT count(*) FROM adopted WHERE n <= 3000";

    @TempDir
    Path barman;

    @Test
    void goesOnWithWhatBarmanLeft() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR).start()) {
            String id = leave(server);

            try (Container container = Container.start()) {
                takeOver(container, server);

                for (String name : List.of("new", "old")) {
                    assertThat(container
                                    .ok("backup:list", name, "--minimal")
                                    .out()
                                    .strip())
                            .isEqualTo(id);
                    assertThat(container.ok("backup:verify", name, "latest").out())
                            .contains("backup %s of server %s is sound".formatted(id, name));
                    Path moved = container.newDirectory("moved");
                    Path restored = container.restore(name, "latest", "--tablespace", "fast:" + moved);
                    assertThat(Restored.query(MAJOR, restored, ROWS)).isEqualTo("3000");
                    assertThat(moved).isNotEmptyDirectory();
                }
                findsDamage(container, id);
                container.backUp("new");
                assertThat(container.ok("backup:list", "new", "--minimal").out().lines())
                        .hasSize(2);
            }
        }
    }

    /** Leaves two servers in the directory of a Barman, which both are copies of one; returns the id of their backup. */
    private String leave(EmbeddedPostgres server) throws IOException, InterruptedException {
        Path fast = Files.createDirectory(server.scratchDirectory().resolve("fast"));
        ServerUser.own(fast);
        server.execute("CREATE TABLESPACE fast LOCATION '%s'".formatted(fast));
        server.execute("CREATE TABLE adopted TABLESPACE fast AS SELECT n FROM generate_series(1, 1000) n");
        try (Container container = Container.start()) {
            container.care("main", server);
            String id = container.backUp("main");
            server.execute("INSERT INTO adopted SELECT n FROM generate_series(1001, 3000) n");
            container.ok("wal:switch", "main", "--archive", "--archive-timeout", "60");
            container.stop();
            Path main = container.data().resolve("matriarch/main");
            new BarmanDisk(main, barman.resolve("home/new"), id).as317();
            new BarmanDisk(main, barman.resolve("home/old"), id).as39();
            server.execute("SELECT pg_drop_replication_slot('matriarch_main')");
            return id;
        }
    }

    private void takeOver(Container container, EmbeddedPostgres server) throws IOException {
        Path configuration = Files.writeString(barman.resolve("barman.conf"), """
                [barman]
                barman_home = %s
                barman_user = barman
                configuration_files_directory = %s
                compression = pigz
                """.formatted(
                        barman.resolve("home"), Files.createDirectory(barman.resolve("barman.d"))));
        Files.writeString(barman.resolve("barman.d/new.conf"), """
                [new]
                description = "The one in use"
                conninfo = %s
                backup_method = postgres
                streaming_archiver = on
                slot_name = barman
                create_slot = auto
                immediate_checkpoint = on
                backup_directory = %%(barman_home)s/new
                """.formatted(server.conninfo()));
        Files.writeString(barman.resolve("barman.d/old.conf"), """
                [old]
                active = false
                conninfo = %s
                backup_compression = gzip
                """.formatted(server.conninfo()));

        Container.Result planned = container.ok("server:import", configuration.toString(), "--dry-run");
        assertThat(planned.out()).contains("would create", "would add to", "slot_name = barman");
        assertThat(container.data().resolve("etc/org.matriarch.server-new.cfg")).doesNotExist();
        assertThat(container.ok("server:import", configuration.toString()).out())
                .contains("imported: new, old");

        await().atMost(Duration.ofMinutes(2))
                .until(() -> container.ok("server:list").out().lines().count() == 4);
        container.awaitStreaming("new");
        assertThat(container.ok("server:show", "new").out())
                .containsPattern("description +: The one in use\n")
                .containsPattern("compression +: gzip\n");
        assertThat(container.ok("server:import", configuration.toString()).out())
                .contains("left as it is");
    }

    private void findsDamage(Container container, String id) throws IOException {
        Path version = barman.resolve("home/new/base/%s/data/PG_VERSION".formatted(id));
        Files.writeString(version, "17\n");
        Path archive = barman.resolve("home/old/base/%s/data/base.tar.gz".formatted(id));
        byte[] content = Files.readAllBytes(archive);
        content[content.length / 2] ^= 1;
        Files.write(archive, content);

        Container.Result altered = container.run("backup:verify", "new", id);
        Container.Result damaged = container.run("backup:verify", "old", id);

        assertThat(altered.exitCode()).isEqualTo(1);
        assertThat(altered.out()).contains("'PG_VERSION' was altered: CRC32C ");
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.out()).contains("base.tar.gz", "NOT sound");
    }
}
