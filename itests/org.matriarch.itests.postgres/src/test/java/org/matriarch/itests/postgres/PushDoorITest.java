package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** What the door for WAL takes from whom, with real WAL and a real archive. */
final class PushDoorITest {

    private static final int ROUNDS = 120;

    private static EmbeddedPostgres server;
    private static Container container;
    private static DatabaseHost host;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void start() {
        server = EmbeddedPostgres.builder(17)
                .walSegmentMebibytes(1)
                .setting("wal_keep_size", "1GB")
                .start();
        container = Container.start();
        container.configureServer("main", server, "streaming_archiver = off", "archiver = on");
        container.configureServer("other", server, "streaming_archiver = off", "archiver = on");
        container.configureServer("closed", server, "streaming_archiver = on", "archiver = off");
        host = DatabaseHost.of(container, "main", server);
    }

    @AfterAll
    static void stop() {
        container.close();
        server.close();
    }

    @Test
    void letsOneOfTwoClientsWin() throws Exception {
        var segments = new ArrayList<String>();
        for (int round = 0; round < ROUNDS; round++) {
            segments.add(DatabaseHost.closeSegment(server));
        }
        for (String segment : segments) {
            byte[] one = Files.readAllBytes(walFile(segment));
            byte[] two = one.clone();
            two[two.length - 1] = 1;

            CompletableFuture<HttpResponse<byte[]>> first = push(segment, one);
            CompletableFuture<HttpResponse<byte[]>> second = push(segment, two);

            var statuses = List.of(first.get().statusCode(), second.get().statusCode());
            assertThat(statuses).as(segment).containsExactlyInAnyOrder(201, 409);
            byte[] winner = first.get().statusCode() == 201 ? one : two;
            HttpResponse<byte[]> kept =
                    client.send(request(segment).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(kept.statusCode()).as(segment).isEqualTo(200);
            assertThat(sha256(kept.body())).as(segment).isEqualTo(sha256(winner));
        }
        assertThat(container.log()).contains("MATR-3003");
    }

    @Test
    void refusesJunkWithTheReason() throws IOException {
        Path directory = server.scratchDirectory();
        Path small = Files.write(directory.resolve("0000000100000000000000F1"), new byte[6]);
        Path zeros = Files.write(directory.resolve("0000000100000000000000F2"), new byte[1 << 20]);
        String segment = DatabaseHost.closeSegment(server);
        Path renamed = Files.copy(walFile(segment), directory.resolve("0000000100000000000000F3"));
        Path nonsense = Files.write(directory.resolve("nonsense"), new byte[1 << 20]);

        for (Path junk : List.of(small, zeros, renamed, nonsense)) {
            DatabaseHost.Said said = host.run("matriarch-wal-push", "main", junk.toString());

            assertThat(said.exitCode()).as(junk.toString()).isEqualTo(1);
            assertThat(said.text()).startsWith("MATR-3004: unable to archive '").contains("\nHINT: ");
        }
    }

    @Test
    void opensForTheRightTokenAlone() throws IOException {
        String segment = walFile(DatabaseHost.closeSegment(server)).toString();
        Path wrong = Files.writeString(server.scratchDirectory().resolve("wrong"), "0123456789abcdef\n");

        assertThat(host.run("matriarch-wal-push", "other", segment).text()).startsWith("MATR-1005: ");
        assertThat(host.run("matriarch-wal-push", "--token-file", wrong.toString(), "main", segment)
                        .text())
                .startsWith("MATR-1005: ");
        assertThat(host.run("matriarch-wal-fetch", "--wait", "0", "other", "000000010000000000000001", "/dev/null")
                        .exitCode())
                .isEqualTo(126);
        assertThat(host.run(
                                "matriarch-wal-push",
                                "--token-file",
                                container.tokenFile("closed").toString(),
                                "closed",
                                segment)
                        .text())
                .startsWith("MATR-3009: ");
    }

    @Test
    void printsWhatADatabaseHostIsToBeGiven() throws IOException {
        String shown = container.ok("server:show", "main").out();

        assertThat(shown)
                .contains("matriarch-wal-push --url %s --token-file /etc/matriarch/main.token main %%p"
                        .formatted(container.walUrl()))
                .contains("matriarch-wal-fetch --url %s".formatted(container.walUrl()))
                .contains(container.data().resolve("tokens/main.token").toString())
                .doesNotContain(Files.readString(container.tokenFile("main")).strip());
    }

    private static Path walFile(String name) {
        return server.dataDirectory().resolve("pg_wal").resolve(name);
    }

    private CompletableFuture<HttpResponse<byte[]>> push(String name, byte[] content) throws IOException {
        HttpRequest request = request(name)
                .header("X-Matriarch-Sha256", sha256(content))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(content))
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(String name) throws IOException {
        return HttpRequest.newBuilder(URI.create(container.walUrl() + "/v1/wal/main/" + name))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(host.tokenFile()).strip());
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
