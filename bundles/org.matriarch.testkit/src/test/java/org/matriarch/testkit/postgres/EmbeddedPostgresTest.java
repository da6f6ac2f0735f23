package org.matriarch.testkit.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddedPostgresTest {

    @ParameterizedTest
    @ValueSource(ints = {13, 18})
    void startsTheVersionAskedFor(int major) {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(major).start()) {
            assertThat(server.query("SHOW server_version")).startsWith(major + ".");
            assertThat(server.query("SHOW port")).isEqualTo(Integer.toString(server.port()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 15})
    void standbyFollowsAndCanBePromoted(int major, @TempDir Path directory) {
        ServerUser.own(directory);
        try (EmbeddedPostgres primary = EmbeddedPostgres.builder(major).start()) {
            primary.execute("CREATE TABLESPACE side LOCATION '%s'".formatted(directory));
            primary.execute("CREATE TABLE note TABLESPACE side AS SELECT 1 AS id");
            try (EmbeddedPostgres standby = EmbeddedPostgres.standbyOf(primary)) {
                primary.execute("INSERT INTO note VALUES (2)");
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> standby.query("SELECT count(*) FROM note").equals("2"));

                primary.kill9();
                standby.promote();

                standby.execute("INSERT INTO note VALUES (3)");
                assertThat(standby.query("SELECT timeline_id FROM pg_control_checkpoint()"))
                        .isNotEmpty();
            }
        }
    }

    @Test
    void recoversFromKill() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(16).start()) {
            server.execute("CREATE TABLE note AS SELECT 1 AS id");

            server.kill9();
            server.start();

            assertThat(server.query("SELECT count(*) FROM note")).isEqualTo("1");
            assertThat(server.log()).contains("database system was not properly shut down");
        }
    }

    @Test
    void startsAnExistingDirectoryAndLeavesIt() {
        try (EmbeddedPostgres first = EmbeddedPostgres.builder(17)
                .walSegmentMebibytes(1)
                .setting("port", "1")
                .start()) {
            first.stop();
            try (EmbeddedPostgres second = EmbeddedPostgres.fromDirectory(17, first.dataDirectory())
                    .setting("work_mem", "7MB")
                    .start()) {
                assertThat(second.query("SHOW work_mem")).isEqualTo("7MB");
                assertThat(second.query("SHOW wal_segment_size")).isEqualTo("1MB");
            }
            first.restart();
        }
    }

    @Test
    void asksForThePasswordWhereThePgHbaLinesSaySo() {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(13)
                .setting("password_encryption", "scram-sha-256")
                .initdbOptions("--auth-host=scram-sha-256")
                .password("herd")
                .pgHba("host all postgres 127.0.0.1/32 scram-sha-256")
                .start()) {
            assertThat(server.query("SELECT 1")).isEqualTo("1");
            assertThat(server.query("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'"))
                    .startsWith("SCRAM-SHA-256");
        }
    }

    @Test
    void saysWhatTheLogSaysWhenTheServerDoesNotStart() {
        assertThatThrownBy(() -> EmbeddedPostgres.builder(13)
                        .setting("shared_buffers", "elephant")
                        .start())
                .hasMessageContaining("PostgreSQL 13 did not start")
                .hasMessageContaining("shared_buffers");
    }
}
