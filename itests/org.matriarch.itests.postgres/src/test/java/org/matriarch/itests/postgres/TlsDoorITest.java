package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** WAL goes to the archive and comes back over TLS, as between hosts: by the scripts, for a recovery, and for a standby. */
final class TlsDoorITest {

    private static final int MAJOR = 17;

    private static EmbeddedPostgres server;
    private static Container container;
    private static DatabaseHost host;

    @BeforeAll
    static void start() {
        server = EmbeddedPostgres.builder(MAJOR)
                .walSegmentMebibytes(1)
                .setting("wal_keep_size", "1GB")
                .setting("archive_mode", "on")
                .start();
        container = Container.start();
        container.speakTls();
        container.configureServer("main", server, "streaming_archiver = off", "archiver = on");
        host = DatabaseHost.of(container, "main", server);
        host.archive(server);
        server.execute("CREATE TABLE marker (n int)");
        DatabaseHost.awaitArchived(server, DatabaseHost.closeSegment(server));
        container.backUp("main");
    }

    @AfterAll
    static void stop() {
        container.close();
        server.close();
    }

    @Test
    void fetchesWhatWasPushedPackedOrNot() throws IOException {
        var segments = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            segments.add(DatabaseHost.closeSegment(server));
        }
        DatabaseHost.awaitArchived(server, segments.get(2));
        Path fetched = Files.createTempDirectory(server.scratchDirectory(), "fetched");

        for (String packing : List.of("", "--gzip", "--bzip2")) {
            for (String segment : segments) {
                Path destination = fetched.resolve(segment + packing);
                var words = new ArrayList<String>(List.of("main", segment, destination.toString()));
                if (!packing.isEmpty()) {
                    words.add(0, packing);
                }

                DatabaseHost.Said said = host.run("matriarch-wal-fetch", words.toArray(String[]::new));

                assertThat(said).as(segment + packing).isEqualTo(new DatabaseHost.Said(0, ""));
                assertThat(destination)
                        .hasSameBinaryContentAs(
                                server.dataDirectory().resolve("pg_wal").resolve(segment));
            }
        }
        assertThat(fetched.toFile().list()).hasSize(9); // and nothing that was on the way
    }

    @Test
    void takesNoContainerForItsOwnWithoutItsCertificate() throws IOException {
        Path other = Certificates.make(server.scratchDirectory(), "other");
        String segment = DatabaseHost.closeSegment(server);
        Path destination = server.scratchDirectory().resolve("never");

        DatabaseHost.Said fetch = host.run(
                "matriarch-wal-fetch",
                "--cacert",
                other.toString(),
                "--wait",
                "60",
                "main",
                segment,
                destination.toString());
        DatabaseHost.Said push = host.run(
                "matriarch-wal-push",
                "--cacert",
                other.toString(),
                "main",
                server.dataDirectory().resolve("pg_wal").resolve(segment).toString());

        // It is not tried again: no time will mend it.
        assertThat(fetch.exitCode()).isEqualTo(126);
        assertThat(fetch.text()).startsWith("MATR-9002: ").contains("certificate");
        assertThat(destination).doesNotExist();
        assertThat(push.exitCode()).isEqualTo(1);
        assertThat(push.text()).startsWith("MATR-9002: ").contains("certificate");
    }

    @Test
    void recoversFromAnotherHostsPointOfView() {
        server.execute("INSERT INTO marker VALUES (1)");
        DatabaseHost.awaitArchived(server, DatabaseHost.closeSegment(server));

        Path restored = container.restore("main", "latest", "--get-wal");

        assertThat(restored.resolve("pgsql_tmp.matriarch/certificate.pem"))
                .hasSameTextualContentAs(container.certificate().orElseThrow());
        assertThat(Restored.query(MAJOR, restored, "SELECT max(n) FROM marker")).isEqualTo("1");
    }

    /** PostgreSQL would stop it at an exit code above 125, and a promotion asks the archive, too. */
    @Test
    void leavesAStandbyAloneWhileTheContainerIsAway() {
        server.execute("INSERT INTO marker VALUES (1)");
        DatabaseHost.awaitArchived(server, DatabaseHost.closeSegment(server));
        Path restored = container.restore("main", "latest", "--standby-mode");
        try (EmbeddedPostgres standby =
                EmbeddedPostgres.fromDirectory(MAJOR, restored).start()) {
            await("replay").atMost(Duration.ofMinutes(2)).until(() -> hasMarker(standby));

            container.stop();
            await("a call that fails")
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> standby.log().contains("MATR-9002"));
            assertThat(hasMarker(standby)).isTrue();
            standby.promote();
            standby.waitForRecovery(Duration.ofMinutes(2));

            standby.execute("INSERT INTO marker VALUES (2)");
            assertThat(standby.query("SELECT max(n) FROM marker")).isEqualTo("2");
        } finally {
            container.startAgain();
        }
    }

    private static boolean hasMarker(EmbeddedPostgres standby) {
        return standby.query("SELECT coalesce(max(n), 0) FROM marker").equals("1");
    }
}
