package org.matriarch.http.internal.wal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.matriarch.api.error.ErrorCode;

/** The script that PostgreSQL archives with: it says 0 only when the container has the file. */
@Timeout(120)
final class PushScriptTest {

    private static final String WAL = "000000010000000000000002";

    @TempDir
    Path data;

    private ScriptedWal wal;
    private WalHttpDoor door;
    private ClientScript client;
    private final byte[] segment = new byte[4 << 20];

    @BeforeEach
    void openDoor() throws Exception {
        new Random(7).nextBytes(segment);
        wal = new ScriptedWal(data);
        door = Doors.open(wal, data.resolve("tokens"), Map.of());
        Files.createDirectory(data.resolve("pg_wal"));
        Files.write(data.resolve("pg_wal").resolve(WAL), segment);
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
    void storesTheFile(String shell) throws Exception {
        ClientScript.End end = client.under(shell).run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end).isEqualTo(new ClientScript.End(0, "", ""));
        assertThat(wal.content("main", WAL)).isEqualTo(segment);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash"})
    void storesTheFileCompressedOnItsWay(String shell) throws Exception {
        Files.write(
                data.resolve("pg_wal").resolve(WAL),
                "much of the same ".repeat(100_000).getBytes(UTF_8));

        ClientScript.End end = client.under(shell).with("--gzip").run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end).isEqualTo(new ClientScript.End(0, "", ""));
        assertThat(wal.content("main", WAL)).hasSize(1_700_000);
    }

    @Test
    void succeedsAgainWithTheSameContent() throws Exception {
        client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL).code())
                .isZero();
    }

    @Test
    void leavesTheOriginalAlone() throws Exception {
        wal.with("main", WAL, "original".getBytes(UTF_8));

        ClientScript.End end = client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).isEqualTo("""
                MATR-3003: unable to archive '000000010000000000000002' of 'main': different content is archived as '000000010000000000000002'
                HINT: ask the test.
                """);
        assertThat(wal.content("main", WAL)).asString(UTF_8).isEqualTo("original");
    }

    @Test
    void tellsWhyAFileIsRefused() throws Exception {
        Files.write(data.resolve("junk"), segment);

        ClientScript.End end = client.run(ClientScript.PUSH, "main", "junk");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).contains("MATR-3004: ", "'junk' is not the name of a WAL file");
    }

    @Test
    void isRefusedWithTheTokenOfAnotherServer() throws Exception {
        ClientScript.End end = client.run(ClientScript.PUSH, "other", "pg_wal/" + WAL);

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).startsWith("MATR-1005: ").contains("HINT: run server:show");
        assertThat(wal.content("other", WAL)).isEmpty();
    }

    @Test
    void failsWhileTheArchiveIsAway() throws Exception {
        wal.failWith(Optional.of(ErrorCode.STORE_MISSING));

        ClientScript.End end = client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).startsWith("MATR-2001: ");
        wal.failWith(Optional.empty());
        assertThat(client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL).code())
                .isZero();
    }

    @Test
    void failsWhileTheContainerIsAway() throws Exception {
        door.close();

        ClientScript.End end = client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).startsWith("MATR-9002: ").contains("no answer from http://127.0.0.1:");
        assertThat(end.err().lines()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 302, 500})
    void trustsNobodyElse(int status) throws Exception {
        HttpServer proxy = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        proxy.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        proxy.start();
        try {
            ClientScript.End end = client.with(
                            "--url", "http://127.0.0.1:" + proxy.getAddress().getPort())
                    .run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

            assertThat(end.code()).isEqualTo(1);
            assertThat(end.err()).contains("is not Matriarch (HTTP status %d)".formatted(status));
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void failsIfThereIsNoFile() throws Exception {
        ClientScript.End end = client.run(ClientScript.PUSH, "main", "pg_wal/000000010000000000000003");

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).contains("'pg_wal/000000010000000000000003' is not a file that can be read");
    }

    @Test
    void keepsNothingOfAFileThatCannotBeReadToItsEnd() throws Exception {
        ClientScript.End unread =
                client.under(withProgram("sha256sum", "exit 1")).run(ClientScript.PUSH, "main", "pg_wal/" + WAL);
        ClientScript.End cut = client.under(withProgram("cat", "exec head -c 1000000 \"$@\""))
                .run(ClientScript.PUSH, "main", "pg_wal/" + WAL);
        ClientScript.End unpacked = client.under(withProgram("gzip", "head -c 1000; exit 1"))
                .with("--gzip")
                .run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(unread.code()).isEqualTo(1);
        assertThat(unread.err()).startsWith("MATR-3004: ").contains("unable to read 'pg_wal/" + WAL);
        assertThat(cut.code()).isEqualTo(1);
        assertThat(cut.err()).startsWith("MATR-3008: ");
        assertThat(unpacked.code()).isEqualTo(1);
        assertThat(unpacked.err()).startsWith("MATR-3008: ");
        assertThat(wal.content("main", WAL)).isEmpty();
    }

    @Test
    void believesNoOtherChecksumThanItsOwn() throws Exception {
        HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        liar.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("X-Matriarch-Outcome", "stored");
            exchange.getResponseHeaders().set("X-Matriarch-Sha256", "0".repeat(64));
            byte[] body = ("stored\nsum " + "0".repeat(64) + "\n").getBytes(UTF_8);
            exchange.sendResponseHeaders(201, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        liar.start();
        try {
            ClientScript.End end = client.with(
                            "--url", "http://127.0.0.1:" + liar.getAddress().getPort())
                    .run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

            assertThat(end.code()).isEqualTo(1);
        } finally {
            liar.stop(0);
        }
    }

    /** Returns a shell that finds another program under a name. */
    private String[] withProgram(String name, String text) throws IOException {
        Path programs = Files.createTempDirectory(data, "programs");
        Path program = programs.resolve(name);
        Files.writeString(program, "#!/bin/sh\n" + text + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        return new String[] {"env", "PATH=" + programs + ":" + System.getenv("PATH"), "sh"};
    }

    @Test
    void failsIfTheFileIsALinkOrADirectory() throws Exception {
        Path link = data.resolve("pg_wal/000000010000000000000003");
        Files.createSymbolicLink(link, data.resolve("pg_wal").resolve(WAL));
        Files.createDirectory(data.resolve("pg_wal/000000010000000000000004"));

        ClientScript.End ofLink = client.run(ClientScript.PUSH, "main", link.toString());
        ClientScript.End ofDirectory = client.run(ClientScript.PUSH, "main", "pg_wal/000000010000000000000004");

        assertThat(ofLink.code()).isEqualTo(1);
        assertThat(ofLink.err()).contains("'%s' is a symbolic link".formatted(link));
        assertThat(ofDirectory.code()).isEqualTo(1);
        assertThat(ofDirectory.err()).contains("'pg_wal/000000010000000000000004' is not a file that can be read");
    }

    @Test
    void storesWhatLiesBehindALinkToItsDirectory() throws Exception {
        Files.createSymbolicLink(data.resolve("linked"), data.resolve("pg_wal"));

        assertThat(client.run(ClientScript.PUSH, "main", "linked/" + WAL)).isEqualTo(new ClientScript.End(0, "", ""));
    }

    @Test
    void takesUrlAndTokenFromAFile() throws Exception {
        Files.createDirectory(data.resolve(".matriarch"));
        Files.writeString(
                data.resolve(".matriarch/client.conf"),
                "url=%s\ntoken_file=%s\n".formatted(door.url(), door.tokenFile("main")));

        assertThat(ClientScript.in(data).run(ClientScript.PUSH, "main", "pg_wal/" + WAL))
                .isEqualTo(new ClientScript.End(0, "", ""));
    }

    @Test
    void saysThatATokenIsMissing() throws Exception {
        ClientScript.End end = ClientScript.in(data).run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(end.code()).isEqualTo(1);
        assertThat(end.err()).contains("no token is given");
    }

    @Test
    void leavesNothingBehind() throws Exception {
        client.run(ClientScript.PUSH, "main", "pg_wal/" + WAL);
        client.with("--gzip").run(ClientScript.PUSH, "main", "pg_wal/" + WAL);

        assertThat(ClientScript.names(data.resolve("pg_wal"))).isEqualTo(List.of(WAL));
        assertThat(ClientScript.names(data)).isEqualTo(List.of("pg_wal", "tokens"));
    }
}
