package org.matriarch.http.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script that PostgreSQL fetches WAL with: its exit codes decide whether a recovery goes on, ends or stops. */
@Timeout(120)
final class FetchScriptTest {

    private static final Path FILE = Script.FILE.resolveSibling("matriarch-wal-fetch");
    private static final String WAL = "000000010000000000000002";

    @TempDir
    Path data;

    private final ScriptedRunner runner = new ScriptedRunner();
    private HttpDoor door;

    @BeforeEach
    void openDoor() {
        door = new HttpDoor(runner, data.resolve("data/matriarch.token"), Map.of());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void bringsTheFile() throws Exception {
        byte[] content = "wal".repeat(100_000).getBytes(UTF_8);
        runner.with("wal:get", (request, out, err) -> {
            out.write(content);
            return request.words().equals(List.of("wal:get", "main", WAL, "--partial")) ? 0 : 1;
        });
        Path place = Files.createDirectory(data.resolve("pg wal"));

        Script.End end = fetch(place.resolve("RECOVERYXLOG"));

        assertThat(end.err()).isEmpty();
        assertThat(end.code()).isZero();
        assertThat(place.resolve("RECOVERYXLOG")).hasBinaryContent(content);
        assertThat(content(place)).hasSize(1);
    }

    @Test
    void isSilentAboutWhatIsNotInTheArchive() throws Exception {
        answer(1, "MATR-3001: '00000002.history' is not in the WAL archive of 'main'\nHINT: see wal:list main.\n");

        Script.End end = fetch(data.resolve("x"));

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).isEmpty();
        assertThat(data.resolve("x")).doesNotExist();
    }

    @Test
    void stopsARecoveryAtAnyOtherError() throws Exception {
        String error = "MATR-1002: no server 'main'\nHINT: run server:list.\n";
        answer(2, error);

        Script.End end = fetch(data.resolve("x"));

        assertThat(end.code()).isEqualTo(126);
        assertThat(end.err()).isEqualTo(error);
    }

    @Test
    void stopsARecoveryWhoseDestinationCannotBeWritten() throws Exception {
        answer(0, "");

        Script.End end = fetch(Path.of("/proc/nowhere/x"));

        assertThat(end.code()).isEqualTo(126);
        assertUnwritable(end, "/proc/nowhere/x");
    }

    @Test
    void leavesNothingOfAFileThatFindsNoRoom() throws Exception {
        runner.with("wal:get", (request, out, err) -> {
            out.write(new byte[1 << 20]);
            return 0;
        });
        Path place = Files.createDirectory(data.resolve("full"));

        // No file may grow beyond a block: what a full disk does, without one.
        Script.End end = Script.of(
                        data,
                        List.of(
                                "sh",
                                "-c",
                                "trap '' XFSZ; ulimit -f 1; exec sh \"$@\"",
                                "sh",
                                FILE.toAbsolutePath().toString(),
                                "main",
                                WAL,
                                place.resolve("x").toString()))
                .end();

        assertThat(end.code()).isEqualTo(126);
        assertUnwritable(end, place.resolve("x").toString());
        assertThat(content(place)).isEmpty();
    }

    private void answer(int code, String error) {
        runner.with("wal:get", (request, out, err) -> {
            write(err, error);
            return code;
        });
    }

    private static void write(OutputStream stream, String text) throws IOException {
        stream.write(text.getBytes(UTF_8));
    }

    private Script.End fetch(Path destination) throws Exception {
        return Script.of(data, List.of("sh", FILE.toAbsolutePath().toString(), "main", WAL, destination.toString()))
                .end();
    }

    private static void assertUnwritable(Script.End end, String destination) {
        List<String> lines = end.err().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("MATR-5001: unable to write '" + destination + "': [A-Za-z][^:]*");
        assertThat(lines.get(1)).isEqualTo("HINT: see whether PostgreSQL may write there, and whether there is room.");
    }

    private static List<Path> content(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
