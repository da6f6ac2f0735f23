package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** Each recovery target, inclusive and exclusive, gives exactly the rows that were there at that point. */
final class RecoveryTargetITest {

    private static final int MAJOR = 16;
    private static final int MARKERS = 5;
    private static final int AIM = 3;

    /** What was noted when a marker was committed. */
    private record Marker(String xid, String commitTime, String commitRecord) {}

    private static final List<Marker> NOTES = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static Container container;

    @SuppressWarnings("NullAway.Init")
    private static EmbeddedPostgres server;

    @BeforeAll
    static void writeMarkers() throws SQLException {
        // Nothing but the markers writes WAL, so that the record after an insert is its commit.
        server = EmbeddedPostgres.builder(MAJOR)
                .setting("track_commit_timestamp", "on")
                .setting("bgwriter_delay", "10s")
                .setting("autovacuum", "off")
                .start();
        container = Container.start();
        container.care("main", server);
        server.execute("CREATE TABLE marker (n int)");
        server.execute("INSERT INTO marker VALUES (0)");
        container.backUp("main");
        for (int n = 1; n <= MARKERS; n++) {
            NOTES.add(write(n));
            server.execute("SELECT pg_create_restore_point('after %d')".formatted(n));
        }
        container.ok("wal:switch", "main", "--archive", "--archive-timeout", "60");
    }

    @AfterAll
    static void stopAll() {
        container.close();
        server.close();
    }

    @Test
    void stopsAfterOrBeforeATransaction() {
        String xid = NOTES.get(AIM - 1).xid();

        assertThat(lastMarker("--target-xid", xid)).isEqualTo(AIM);
        assertThat(lastMarker("--target-xid", xid, "--exclusive")).isEqualTo(AIM - 1);
    }

    @Test
    void stopsAfterOrBeforeAMoment() {
        String time = NOTES.get(AIM - 1).commitTime();

        assertThat(lastMarker("--target-time", time)).isEqualTo(AIM);
        assertThat(lastMarker("--target-time", time, "--exclusive")).isEqualTo(AIM - 1);
    }

    @Test
    void stopsAfterOrBeforeAPosition() {
        String lsn = NOTES.get(AIM - 1).commitRecord();

        assertThat(lastMarker("--target-lsn", lsn)).isEqualTo(AIM);
        assertThat(lastMarker("--target-lsn", lsn, "--exclusive")).isEqualTo(AIM - 1);
    }

    @Test
    void stopsAtARestorePoint() {
        assertThat(lastMarker("--target-name", "after " + AIM)).isEqualTo(AIM);
    }

    @Test
    void stopsAtTheEndOfTheBackup() {
        assertThat(lastMarker("--target-immediate")).isZero();
    }

    @Test
    void goesToTheEndWithoutATarget() {
        Path restored = container.restore("main", "latest");

        assertThat(Restored.query(MAJOR, restored, "SELECT max(n) FROM marker")).isEqualTo(Integer.toString(MARKERS));
    }

    @Test
    void fetchesItsWalByCommand() throws IOException, InterruptedException {
        Path restored = container.restore("main", "latest", "--get-wal");

        assertThat(restored.resolve("matriarch_wal")).doesNotExist();
        Path fetched = container.newDirectory("fetched");
        String command = restoreCommand(restored).replace("%p", fetched.toString());
        assertThat(exitCode(restored, command.replace("%f", "000000010000000000000003")))
                .isZero();
        assertThat(fetched).hasSize(16 << 20);
        assertThat(exitCode(restored, command.replace("%f", "0000000100000000000000FF")))
                .isEqualTo(1);
        assertThat(exitCode(restored, command.replace("%f", "nonsense"))).isEqualTo(126);
    }

    @Test
    void choosesTheRightBackupByItself() {
        String xid = NOTES.get(AIM - 1).xid();
        Path restored = container.restore("main", "auto", "--target-xid", xid, "--target-action", "promote");

        assertThat(Restored.query(MAJOR, restored, "SELECT max(n) FROM marker")).isEqualTo(Integer.toString(AIM));
    }

    @Test
    void saysWhatItWouldDoAndDoesNothing() {
        Path destination = container.newDirectory("planned");

        Container.Result plan = container.ok("backup:restore", "main", "latest", destination.toString(), "--dry-run");

        assertThat(plan.out()).contains(destination.toString()).contains("recovery_target_timeline");
        assertThat(destination).doesNotExist();
    }

    private static String restoreCommand(Path restored) throws IOException {
        return Files.readAllLines(restored.resolve("postgresql.auto.conf")).stream()
                .filter(line -> line.startsWith("restore_command = "))
                .map(line -> line.substring("restore_command = '".length(), line.length() - 1)
                        .replace("''", "'"))
                .findAny()
                .orElseThrow();
    }

    /** Runs a command as PostgreSQL does: by a shell whose environment knows nothing of the container. */
    private static int exitCode(Path directory, String command) throws IOException, InterruptedException {
        var shell = new ProcessBuilder("sh", "-c", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        shell.environment().remove("MATRIARCH_DATA");
        return shell.start().waitFor();
    }

    private static int lastMarker(String... target) {
        var options = new ArrayList<String>(List.of(target));
        options.addAll(List.of("--target-action", "promote"));
        Path restored = container.restore("main", "latest", options.toArray(String[]::new));
        return Integer.parseInt(Restored.query(MAJOR, restored, "SELECT max(n) FROM marker"));
    }

    private static Marker write(int n) throws SQLException {
        try (Connection connection = server.connection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO marker VALUES (%d)".formatted(n));
            String xid = value(statement, "SELECT pg_current_xact_id()::text");
            String commitRecord = value(statement, "SELECT pg_current_wal_insert_lsn()::text");
            connection.commit();
            String time = value(
                    statement,
                    "SELECT to_char(pg_xact_commit_timestamp('%s'::xid) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                            .formatted(xid));
            connection.commit();
            return new Marker(xid, time, commitRecord);
        }
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
