package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;
import org.matriarch.testkit.postgres.ServerUser;

/** Tablespaces that move, a relation of two segment files, thousands of small relations, spaces in paths. */
final class ShapesITest {

    private static final int MAJOR = 17;
    private static final int SMALL_RELATIONS = 5_000;

    @Test
    void bringsBackEveryShapeOfDatabase() throws IOException, SQLException {
        try (EmbeddedPostgres server = EmbeddedPostgres.builder(MAJOR)
                        .setting("max_wal_size", "4GB")
                        .setting("max_locks_per_transaction", "256")
                        .setting("wal_level", "replica")
                        .start();
                Container container = Container.start()) {
            tablespace(server, "spaced", "a place with spaces and $(dollars)");
            tablespace(server, "plain", "plain");
            container.care("main", server);
            fill(server);
            container.backUp("main");
            Path spaced = container.newDirectory("moved $(spaced) ");
            Path plain = container.newDirectory("moved");

            Path restored = container.restore(
                    "main", "latest", "--tablespace", "spaced:" + spaced, "--tablespace", "plain:" + plain);

            assertThat(spaced).isNotEmptyDirectory();
            assertThat(plain).isNotEmptyDirectory();
            try (EmbeddedPostgres again = Restored.start(MAJOR, restored)) {
                assertThat(again.query("SELECT count(*) FROM in_spaced")).isEqualTo("1000");
                assertThat(again.query("SELECT sum(n) FROM in_plain")).isEqualTo("500500");
                assertThat(again.query("SELECT pg_relation_size('large') > 1500 * 1024 * 1024::bigint"))
                        .isEqualTo("t");
                assertThat(again.query("SELECT count(*), max(n) FROM large")).isEqualTo("200000");
                assertThat(again.query(
                                "SELECT count(*) FROM pg_class WHERE relname LIKE 'small\\_%' AND relkind = 'r'"))
                        .isEqualTo(Integer.toString(SMALL_RELATIONS));
                assertThat(again.query("SELECT n FROM small_4711")).isEqualTo("4711");
                assertThat(again.query(
                                "SELECT pg_tablespace_location(oid) FROM pg_tablespace WHERE spcname = 'spaced'"))
                        .isEqualTo(spaced.toString());
            }
        }
    }

    private static void tablespace(EmbeddedPostgres server, String name, String directoryName) throws IOException {
        Path directory = Files.createDirectory(server.scratchDirectory().resolve(directoryName));
        ServerUser.own(directory);
        server.execute("CREATE TABLESPACE %s LOCATION '%s'"
                .formatted(name, directory.toString().replace("'", "''")));
    }

    private static void fill(EmbeddedPostgres server) throws SQLException {
        try (Connection connection = server.connection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE in_spaced TABLESPACE spaced AS SELECT n FROM generate_series(1, 1000) n");
            statement.execute("CREATE TABLE in_plain TABLESPACE plain AS SELECT n FROM generate_series(1, 1000) n");
            // One row a page: 200,000 pages are 1.6 GB, two segment files, without writing as much text.
            statement.execute("CREATE UNLOGGED TABLE large (n int, filler text) WITH (fillfactor = 10)");
            statement.execute("ALTER TABLE large ALTER filler SET STORAGE PLAIN");
            statement.execute("INSERT INTO large SELECT n, repeat('x', 7000) FROM generate_series(1, 200000) n");
            statement.execute("ALTER TABLE large SET LOGGED");
            for (int n = 0; n < SMALL_RELATIONS; n++) {
                statement.addBatch("CREATE TABLE small_%d AS SELECT %d AS n".formatted(n, n));
                if (n % 500 == 499) {
                    statement.executeBatch();
                }
            }
        }
    }
}
