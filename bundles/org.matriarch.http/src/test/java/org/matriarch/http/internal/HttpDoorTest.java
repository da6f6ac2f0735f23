package org.matriarch.http.internal;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.matriarch.http.internal.metrics.Metrics;

final class HttpDoorTest {

    @TempDir
    Path data;

    private HttpDoor door;

    @BeforeEach
    void openDoor() {
        door = new HttpDoor(
                new ScriptedRunner(), new Metrics(), data.resolve("token"), data.resolve("metrics.token"), Map.of());
    }

    @AfterEach
    void closeDoor() {
        door.close();
    }

    @Test
    void saysOnceWhatItRefuses() {
        List<String> lines = LogLines.ofRefusals(() -> {
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("prot", "1"));
            door.modify(Map.of("prot", "1"));
        });

        assertThat(lines).hasSize(2);
        assertThat(lines.get(0))
                .contains("MATR-1001: etc/org.matriarch.http.cfg is refused: value 'many' of key 'port'")
                .endsWith("The last good values of the door for commands stay in force.");
        assertThat(lines.get(1))
                .contains("is refused: unknown key 'prot'; the keys are port, metrics, wal_port,")
                .endsWith("The last good values of both doors stay in force.");
    }

    @Test
    void saysItAgainAfterItWasCorrected() {
        List<String> lines = LogLines.ofRefusals(() -> {
            door.modify(Map.of("port", "many"));
            door.modify(Map.of("port", "0"));
            door.modify(Map.of("port", "many"));
        });

        assertThat(lines).hasSize(2);
    }

    @Test
    void letsInWhoHasTheTokenForMetrics() throws Exception {
        String token = Files.readString(data.resolve("metrics.token")).strip();

        assertThat(Files.getPosixFilePermissions(data.resolve("metrics.token")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(scrape("Authorization", "Bearer " + token).statusCode()).isEqualTo(200);
        assertThat(scrape("Authorization", "Bearer " + ownersToken()).statusCode())
                .isEqualTo(200);
        assertThat(scrape("X-Nothing", "").statusCode()).isEqualTo(401);
        assertThat(scrape("Authorization", "Bearer ").statusCode()).isEqualTo(401);
        assertThat(scrape("Authorization", token).statusCode()).isEqualTo(401);
        assertThat(command("Bearer " + token)).isEqualTo(401);
        Files.writeString(data.resolve("metrics.token"), "other\n");
        assertThat(scrape("Authorization", "Bearer " + token).statusCode()).isEqualTo(401);
        assertThat(scrape("Authorization", "Bearer other").statusCode()).isEqualTo(200);
        Files.writeString(data.resolve("metrics.token"), "");
        assertThat(scrape("Authorization", "Bearer ").statusCode()).isEqualTo(401);
        Files.delete(data.resolve("metrics.token"));
        assertThat(scrape("Authorization", "Bearer other").statusCode()).isEqualTo(401);
    }

    @Test
    void isOpenOrOffAsItIsTold() throws Exception {
        door.modify(Map.of("metrics", "open"));
        HttpResponse<String> open = scrape("X-Nothing", "");
        assertThat(open.statusCode()).isEqualTo(200);
        assertThat(open.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(open.body()).contains("# TYPE matriarch_jvm_threads gauge\n");
        assertThat(scrape("Origin", "http://127.0.0.1").statusCode()).isEqualTo(403);
        assertThat(command("Bearer x")).isEqualTo(401);

        door.modify(Map.of("metrics", "OFF"));
        assertThat(scrape("Authorization", "Bearer " + ownersToken()).statusCode())
                .isEqualTo(404);
    }

    @Test
    void refusesAnotherWordForMetrics() {
        assertThat(LogLines.ofRefusals(() -> door.modify(Map.of("metrics", "yes"))))
                .singleElement(as(STRING))
                .contains("is refused: value 'yes' of key 'metrics' is not off, token or open");
    }

    private HttpResponse<String> scrape(String header, String value) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(entry("url") + "/metrics"))
                                .header(header, value)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private int command(String authorization) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(entry("url") + "/command"))
                                .header("Authorization", authorization)
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private String ownersToken() throws IOException {
        return entry("token");
    }

    private String entry(String key) throws IOException {
        return Files.readAllLines(data.resolve("token")).stream()
                .filter(line -> line.startsWith(key + "="))
                .findFirst()
                .orElseThrow()
                .substring(key.length() + 1);
    }

    @Test
    void staysOpenWhereTheNewPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            door.modify(Map.of("port", Integer.toString(taken.getLocalPort())));

            assertThat(command("Bearer " + ownersToken())).isNotEqualTo(401);
            assertThat(door.refused())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .startsWith("unable to listen on 127.0.0.1, port %d: ".formatted(taken.getLocalPort())));
        }

        door.modify(Map.of("port", "0"));
        assertThat(door.refused()).isEmpty();
    }

    @Test
    void leavesToTheOtherDoorWhatConcernsThatAlone() {
        assertThat(LogLines.ofRefusals(() -> door.modify(Map.of("wal_port", "many"))))
                .isEmpty();
    }
}
