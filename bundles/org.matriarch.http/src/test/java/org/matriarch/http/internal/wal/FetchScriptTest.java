package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;

/** The script that PostgreSQL fetches WAL with: its exit codes decide whether a recovery goes on, ends or stops. */
@Timeout(180)
final class FetchScriptTest {

    private static final String DESTINATION = "pg_wal/RECOVERYXLOG";

    @TempDir
    Path data;

    private ScriptedWal wal;
    private WalHttpDoor door;
    private ClientScript client;

    @BeforeEach
    void openDoor() throws Exception {
        wal = new ScriptedWal(data);
        door = Doors.open(wal, data.resolve("tokens"), Map.of());
        Files.createDirectory(data.resolve("pg_wal"));
        client = ClientScript.in(
                data,
                "--url",
                door.url(),
                "--token-file",
                door.tokenFile("main").toString());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void bringsTheFile(String shell) throws Exception {
        wal.with("main", name(2), content(2));

        ClientScript.End end = client.under(shell).run(ClientScript.FETCH, "main", name(2), DESTINATION);

        assertThat(end).isEqualTo(new ClientScript.End(0, "", ""));
        assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(2));
        assertThat(ClientScript.names(data.resolve("pg_wal"))).containsExactly("RECOVERYXLOG");
    }

    @Test
    void bringsTheFileCompressedOnItsWay() throws Exception {
        wal.with("main", name(2), content(2));

        ClientScript.End end = client.with("--gzip").run(ClientScript.FETCH, "main", name(2), DESTINATION);

        assertThat(end).isEqualTo(new ClientScript.End(0, "", ""));
        assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(2));
        assertThat(ClientScript.names(data.resolve("pg_wal"))).containsExactly("RECOVERYXLOG");
    }

    @Test
    void bringsAnIncompleteSegmentOnlyIfAsked() throws Exception {
        wal.with("main", name(2) + ".partial", content(2));

        assertThat(client.run(ClientScript.FETCH, "main", name(2), DESTINATION).code())
                .isEqualTo(1);
        assertThat(client.with("--partial")
                        .run(ClientScript.FETCH, "main", name(2), DESTINATION)
                        .code())
                .isZero();
    }

    @Test
    void isSilentAboutWhatIsNotInTheArchive() throws Exception {
        assertThat(client.run(ClientScript.FETCH, "main", "00000002.history", "pg_wal/RECOVERYHISTORY"))
                .isEqualTo(new ClientScript.End(1, "", ""));
        assertThat(client.with("--parallel", "4").run(ClientScript.FETCH, "main", name(2), DESTINATION))
                .isEqualTo(new ClientScript.End(1, "", ""));
        assertThat(ClientScript.names(data.resolve("pg_wal"))).isEmpty();
    }

    @Test
    void stopsARecoveryWhoseTokenIsWrong() throws Exception {
        ClientScript.End end = client.run(ClientScript.FETCH, "other", name(2), DESTINATION);

        assertThat(end.code()).isEqualTo(126);
        assertThat(end.err()).startsWith("MATR-1005: unable to fetch '%s' of 'other'".formatted(name(2)));
        assertThat(end.err().lines()).hasSize(2);
    }

    @Test
    void stopsARecoveryWhoseContainerStaysAway() throws Exception {
        door.close();

        ClientScript.End end = client.with("--wait", "0").run(ClientScript.FETCH, "main", name(2), DESTINATION);

        assertThat(end.code()).isEqualTo(126);
        assertThat(end.err()).startsWith("MATR-9002: ").contains("no answer from http://127.0.0.1:");
    }

    /** It would stop at a code above 125, and not even be promoted while the container is away. */
    @Test
    void letsAStandbyGoOnWhateverFails() throws Exception {
        ClientScript standby = client.with("--standby");

        ClientScript.End wrongToken = standby.run(ClientScript.FETCH, "other", name(2), DESTINATION);
        ClientScript.End unwritable = standby.run(ClientScript.FETCH, "main", name(2), "/proc/nowhere/x");
        door.close();
        ClientScript.End away =
                standby.with("--parallel", "4").run(ClientScript.FETCH, "main", "00000002.history", DESTINATION);

        assertThat(wrongToken.code()).isEqualTo(1);
        assertThat(wrongToken.err()).startsWith("MATR-1005: ");
        assertThat(unwritable.code()).isEqualTo(1);
        assertThat(unwritable.err()).startsWith("MATR-5001: ");
        assertThat(away.code()).isEqualTo(1);
        assertThat(away.err()).startsWith("MATR-9002: ");
    }

    @Test
    void letsAStandbyWaitIfAsked() throws Exception {
        wal.with("main", name(2), content(2));
        wal.failWith(Optional.of(ErrorCode.PLUGIN_MISSING));

        Process fetch =
                client.with("--wait", "50", "--standby").start(ClientScript.FETCH, "main", name(2), DESTINATION);
        String line = fetch.errorReader().readLine();
        wal.failWith(Optional.empty());

        assertThat(line).startsWith("matriarch-wal-fetch: trying for up to 50 s");
        assertThat(ClientScript.end(fetch).code()).isZero();
    }

    @Test
    void waitsForAContainerThatIsRestarted() throws Exception {
        wal.with("main", name(2), content(2));
        wal.failWith(Optional.of(ErrorCode.PLUGIN_MISSING));

        Process fetch = client.start(ClientScript.FETCH, "main", name(2), DESTINATION);
        // It says that it waits before it tries again.
        String line = fetch.errorReader().readLine();
        wal.failWith(Optional.empty());

        assertThat(line).startsWith("matriarch-wal-fetch: trying for up to 60 s to fetch '%s'".formatted(name(2)));
        assertThat(ClientScript.end(fetch).code()).isZero();
        assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(2));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404})
    void takesNobodyElsesAnswer(int status) throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, 5);
            exchange.getResponseBody().write("login".getBytes(UTF_8));
            exchange.close();
        });
        proxy.start();
        try {
            ClientScript.End end = client.with(
                            "--url", "http://127.0.0.1:" + proxy.getAddress().getPort())
                    .run(ClientScript.FETCH, "main", name(2), DESTINATION);

            assertThat(end.code()).isEqualTo(126);
            assertThat(end.err()).contains("is not Matriarch (HTTP status %d)".formatted(status));
            assertThat(ClientScript.names(data.resolve("pg_wal"))).isEmpty();
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void neverLeavesAFileThatCameDamaged() throws Exception {
        HttpServer network = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        network.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("X-Matriarch-Sha256", ScriptedWal.sha256(content(2)));
            byte[] damaged = content(2);
            damaged[17] ^= 1;
            exchange.sendResponseHeaders(200, damaged.length);
            exchange.getResponseBody().write(damaged);
            exchange.close();
        });
        network.start();
        try {
            ClientScript.End end = client.with("--wait", "0")
                    .with("--url", "http://127.0.0.1:" + network.getAddress().getPort())
                    .run(ClientScript.FETCH, "main", name(2), DESTINATION);

            assertThat(end.code()).isEqualTo(126);
            assertThat(end.err()).contains("its checksum differs");
            assertThat(ClientScript.names(data.resolve("pg_wal"))).isEmpty();
        } finally {
            network.stop(0);
        }
    }

    @Test
    void stopsARecoveryWhoseDestinationCannotBeWritten() throws Exception {
        ClientScript.End end = client.run(ClientScript.FETCH, "main", name(2), "/proc/nowhere/x");

        assertThat(end.code()).isEqualTo(126);
        assertUnwritable(end, "/proc/nowhere/x");
    }

    @Test
    void leavesNothingOfAFileThatFindsNoRoom() throws Exception {
        wal.with("main", name(2), content(2));

        // No file may grow beyond a block: what a full disk does, without one.
        ClientScript.End end = client.under("sh", "-c", "trap '' XFSZ; ulimit -f 1; exec sh \"$@\"", "sh")
                .run(ClientScript.FETCH, "main", name(2), DESTINATION);

        assertThat(end.code()).isEqualTo(126);
        assertUnwritable(end, DESTINATION);
        assertThat(ClientScript.names(data.resolve("pg_wal"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void fetchesInAdvance(String shell) throws Exception {
        ClientScript ahead = client.under(shell).with("--parallel", "3");
        for (int i = 1; i <= 10; i++) {
            wal.with("main", name(i), content(i));
        }

        for (int i = 1; i <= 10; i++) {
            assertThat(ahead.run(ClientScript.FETCH, "main", name(i), DESTINATION))
                    .isEqualTo(new ClientScript.End(0, "", ""));
            assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(i));
            int expected = Math.min(3, 10 - i);
            await("the next segments").until(() -> spooled().size() == expected);
        }

        awaitQuiet();
        // Each was fetched once, but for the first ones by whoever came first.
        assertThat(wal.opened().stream().filter(name -> name.equals(name(7)))).hasSize(1);
    }

    @Test
    void keepsTheRecoveriesOfDifferentServersApart() throws Exception {
        Path spool = data.resolve("spool of all");
        for (int i = 1; i <= 3; i++) {
            wal.with("main", name(i), content(i)).with("other", name(i), content(100 + i));
        }
        ClientScript ahead = client.with("--parallel", "2", "--spool", spool.toString());
        ahead.run(ClientScript.FETCH, "main", name(1), DESTINATION);

        ahead.with("--token-file", door.tokenFile("other").toString())
                .run(ClientScript.FETCH, "other", name(2), DESTINATION);

        assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(102));
        awaitQuiet();
    }

    @Test
    void throwsAwayWhatRecoveryDoesNotReadNext() throws Exception {
        for (int i = 1; i <= 20; i++) {
            wal.with("main", name(i), content(i));
        }
        ClientScript ahead = client.with("--parallel", "2");
        ahead.run(ClientScript.FETCH, "main", name(1), DESTINATION);
        await().until(() -> spooled().equals(List.of(name(2), name(3))));

        ahead.run(ClientScript.FETCH, "main", name(10), DESTINATION);

        await().until(() -> spooled().equals(List.of(name(11), name(12))));
        awaitQuiet();
    }

    @Test
    void servesNoSegmentThatIsNotWhole() throws Exception {
        wal.with("main", name(1), content(1)).with("main", name(2), content(2));
        ClientScript ahead = client.with("--parallel", "2");
        ahead.run(ClientScript.FETCH, "main", name(1), DESTINATION);
        await().until(() -> spooled().equals(List.of(name(2))));
        awaitQuiet();
        // As a process that was killed in the middle leaves it.
        Path whole = spoolDirectory().orElseThrow().resolve(name(2));
        Files.delete(whole);
        Files.write(whole.resolveSibling("." + name(2) + ".999999999"), new byte[100]);

        ClientScript.End end = ahead.run(ClientScript.FETCH, "main", name(2), DESTINATION);

        assertThat(end).isEqualTo(new ClientScript.End(0, "", ""));
        assertThat(data.resolve(DESTINATION)).hasBinaryContent(content(2));
        awaitQuiet();
        await().until(() -> spoolFiles().stream().noneMatch(file -> file.contains("999999999")));
    }

    @Test
    void letsManyRecoveriesUseOneSpool() throws Exception {
        for (int i = 1; i <= 12; i++) {
            wal.with("main", name(i), content(i));
        }
        var running = new ArrayList<Process>();

        for (int i = 1; i <= 12; i++) {
            for (String destination : List.of("pg_wal/a", "pg_wal/b", "pg_wal/c")) {
                running.add(client.with("--parallel", "4").start(ClientScript.FETCH, "main", name(i), destination + i));
            }
        }

        for (Process process : running) {
            assertThat(ClientScript.end(process)).isEqualTo(new ClientScript.End(0, "", ""));
        }
        for (int i = 1; i <= 12; i++) {
            for (String destination : List.of("pg_wal/a", "pg_wal/b", "pg_wal/c")) {
                assertThat(data.resolve(destination + i)).hasBinaryContent(content(i));
            }
        }
        assertThat(ClientScript.names(data.resolve("pg_wal"))).hasSize(36);
        awaitQuiet();
    }

    @Test
    void keepsTheTokenToItself() throws Exception {
        String token = Files.readString(door.tokenFile("main")).strip();
        wal.failWith(Optional.of(ErrorCode.PLUGIN_MISSING));
        Process fetch = client.start(ClientScript.FETCH, "main", name(2), DESTINATION);
        fetch.errorReader().readLine();

        for (int look = 0; look < 50; look++) {
            assertThat(ProcessHandle.allProcesses()
                            .map(process -> process.info().commandLine().orElse("")))
                    .noneMatch(line -> line.contains(token));
        }

        fetch.toHandle().destroy();
        assertThat(ClientScript.end(fetch).code()).isGreaterThan(125);
    }

    private void awaitQuiet() {
        await("end of what was started in the background")
                .until(() -> ProcessHandle.allProcesses()
                        .noneMatch(process -> process.info()
                                        .commandLine()
                                        .orElse("")
                                        .contains("--prefetch " + data)
                                || process.info().commandLine().orElse("").contains("--prefetch pgsql_tmp.matriarch")));
    }

    private List<String> spooled() throws IOException {
        return spoolFiles().stream()
                .filter(file -> file.matches("[0-9A-F]{24}"))
                .toList();
    }

    private List<String> spoolFiles() throws IOException {
        Optional<Path> directory = spoolDirectory();
        return directory.isEmpty() ? List.of() : ClientScript.names(directory.get());
    }

    private Optional<Path> spoolDirectory() throws IOException {
        Path base = data.resolve("pgsql_tmp.matriarch/spool");
        if (!Files.exists(base)) {
            return Optional.empty();
        }
        try (Stream<Path> directories = Files.list(base)) {
            return directories.findFirst();
        }
    }

    private static String name(int number) {
        return "0000000100000000%08X".formatted(number);
    }

    private static byte[] content(int number) {
        byte[] content = new byte[1 << 20];
        new Random(number).nextBytes(content);
        return content;
    }

    private static void assertUnwritable(ClientScript.End end, String destination) {
        List<String> lines = end.err().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).matches("MATR-5001: unable to write '" + destination + "': [A-Za-z][^:]*");
        assertThat(lines.get(1)).isEqualTo("HINT: see whether PostgreSQL may write there, and whether there is room.");
    }
}
