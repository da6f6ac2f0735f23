package org.matriarch.itests.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.matriarch.testkit.postgres.EmbeddedPostgres;

/** What is taken for WAL, and from whom, through each way in, with real WAL and a real archive. */
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
    void refusesJunkThatIsPushed() throws IOException {
        Set<String> before = archiveOne();
        for (Junk junk : junk()) {
            DatabaseHost.Said said =
                    host.run("matriarch-wal-push", "main", junk.file().toString());

            assertThat(said.exitCode()).as(junk.toString()).isEqualTo(1);
            assertThat(said.text())
                    .startsWith("MATR-3004: unable to archive '" + junk.name())
                    .containsPattern(junk.reason())
                    .contains("\nHINT: ");
            assertThat(junk.file()).exists();
        }
        assertThat(DatabaseHost.names(container, "main")).isEqualTo(before);
    }

    @Test
    void refusesJunkThatIsPutByHand() throws IOException {
        Set<String> before = archiveOne();
        for (Junk junk : junk()) {
            Container.Result result =
                    container.run("wal:put", "main", junk.name(), junk.file().toString());

            assertThat(result.exitCode()).as(junk.toString()).isIn(1, 2, 3);
            assertThat(result.error())
                    .startsWith("MATR-")
                    .containsPattern(junk.reason())
                    .contains("HINT: ");
            assertThat(junk.file()).exists();
        }
        assertThat(DatabaseHost.names(container, "main")).isEqualTo(before);
    }

    @Test
    void movesJunkAsideThatIsCopiedToIncoming() throws IOException {
        Set<String> before = archiveOne();
        Path incoming = container.data().resolve("matriarch/main/incoming");
        for (Junk junk : junk()) {
            Path copied = incoming.resolve(junk.name());
            move(junk.file(), copied);

            String reason = "'%s' (of 'main' )?is not archived, since .*%s".formatted(junk.name(), junk.reason());
            if (junk.mayGrow()) {
                await(junk.toString())
                        .pollInterval(Duration.ofMillis(300))
                        .atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(
                                        container.run("server:check", "main").out())
                                .containsPattern(reason));
                Files.delete(copied);
            } else {
                await(junk.toString())
                        .pollInterval(Duration.ofMillis(100))
                        .atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(container.log()).containsPattern(reason));
                assertThat(container.data().resolve("matriarch/main/errors"))
                        .isDirectoryContaining(
                                file -> file.getFileName().toString().startsWith(junk.name()));
            }
        }
        assertThat(DatabaseHost.names(container, "main")).isEqualTo(before);
        assertThat(archiveOne()).hasSize(before.size() + 1);
    }

    /** Pushes a segment, and returns what is archived when nothing waits any more. */
    private static Set<String> archiveOne() {
        String segment = DatabaseHost.closeSegment(server);
        assertThat(host.run("matriarch-wal-push", "main", walFile(segment).toString()))
                .isEqualTo(new DatabaseHost.Said(0, ""));
        await("archiving of " + segment)
                .pollInterval(Duration.ofMillis(200))
                .atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> {
                    assertThat(DatabaseHost.names(container, "main")).contains(segment);
                    assertThat(container.data().resolve("matriarch/main/pushed"))
                            .isEmptyDirectory();
                });
        return DatabaseHost.names(container, "main");
    }

    private static List<Junk> junk() throws IOException {
        try (EmbeddedPostgres other =
                EmbeddedPostgres.builder(17).walSegmentMebibytes(1).start()) {
            Path foreign = other.dataDirectory().resolve("pg_wal").resolve(DatabaseHost.closeSegment(other));
            Path directory = Files.createTempDirectory(server.scratchDirectory(), "junk");
            return Junk.in(directory, walFile(DatabaseHost.closeSegment(server)), foreign);
        }
    }

    /** Copies a file, a link or a directory, which then gets its name at once. */
    private static void move(Path file, Path target) throws IOException {
        Path temporary = target.resolveSibling("." + file.getFileName());
        Process copying = new ProcessBuilder("cp", "-a", file.toString(), temporary.toString())
                .inheritIO()
                .start();
        assertThat(copying.onExit().join().exitValue()).isZero();
        Files.move(temporary, target);
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
