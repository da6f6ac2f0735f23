package org.matriarch.testkit.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.testkit.network.FreePort;

final class PostgresMainTest {

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream error = new ByteArrayOutputStream();

    @Test
    void runsAServerFromOneCommandToTheNext() {
        String data = directory.resolve("data").toString();
        String port = Integer.toString(FreePort.next());

        assertThat(run("initdb", "17", data, "work_mem=5MB")).isZero();
        assertThat(run("start", "17", data, port, directory.resolve("log").toString(), "jit=off"))
                .isZero();
        try {
            assertThat(run("sql", port, "CREATE TABLE t AS SELECT 1 AS a, null AS b; SELECT a, b, 'x' FROM t"))
                    .isZero();
            assertThat(run("sql", port, "SHOW work_mem")).isZero();
            assertThat(run("sql", port, "SELECT nonsense")).isEqualTo(1);
        } finally {
            assertThat(run("stop", data, "fast")).isZero();
        }

        assertThat(out.toString(UTF_8)).isEqualTo("1\t\tx\n5MB\n");
        assertThat(error.toString(UTF_8)).contains("nonsense");
        assertThat(run("stop", data)).isEqualTo(1);
    }

    @Test
    void explainsItself() {
        assertThat(run()).isEqualTo(2);
        assertThat(run("initdb", "seventeen")).isEqualTo(2);
        assertThat(run("dance")).isEqualTo(2);
        assertThat(error.toString(UTF_8)).contains("initdb VERSION DATA");
    }

    private int run(String... arguments) {
        return PostgresMain.run(
                List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(error, true, UTF_8));
    }
}
